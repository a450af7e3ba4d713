export interface Script {
  code: Uint8Array;
  integrity: string;
  version: string;
}
export function script(): Promise<Script>;
export function tagOf(made: Script): string;
