/** Where the client says what it did. `level` 'error' is for what somebody should look into. */
export type Log = (line: string, detail?: object, level?: "info" | "error") => void;

export const consoleLog: Log = (line, detail, level = "info") => console[level](line, detail ?? "");
