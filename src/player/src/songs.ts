/** A piece of music that can be played. */
export interface Song {
  readonly title: string;
  readonly artist: string;
  readonly url: string;
  /** Seconds, null while unknown. */
  readonly durationSeconds: number | null;
  /** Whether it is a stream: it has no end, and cannot be read ahead. */
  readonly isStream?: boolean;
  /** The file that the listener chose, if it is one. */
  readonly file?: File;
}

const SOUND_NAME = /\.(aac|flac|m4a|mp3|mp4|oga|ogg|opus|wav|weba|webm)$/i;

/** The songs that this server's operator provides; empty if the server does not answer. */
export async function fetchSongs(): Promise<Song[]> {
  try {
    const answer = await fetch("/api/music", { headers: { accept: "application/json" } });
    if (!answer.ok) return [];
    const { songs } = (await answer.json()) as { songs?: Song[] };
    return songs ?? [];
  } catch {
    return [];
  }
}

/** The sound files among chosen or dropped files, as songs. Their URLs are valid until the page closes. */
export function songsOfFiles(files: Iterable<File>): Song[] {
  return [...files]
    .filter((file) => file.type.startsWith("audio/") || SOUND_NAME.test(file.name))
    .sort((one, other) => pathOf(one).localeCompare(pathOf(other), undefined, { numeric: true }))
    .map((file) => ({
      title: titleOf(file.name),
      artist: "",
      url: URL.createObjectURL(file),
      file,
      durationSeconds: null,
    }));
}

/** Of a file of a chosen folder. */
const pathOf = ({ webkitRelativePath }: File): string => webkitRelativePath || "";

/** A stream or a song of another site; null if that is no address of the web. */
export function songOfAddress(text: string): Song | null {
  try {
    const address = new URL(text.trim());
    if (address.protocol !== "https:" && address.protocol !== "http:") return null;
    const name = decodeURIComponent(address.pathname.split("/").pop() ?? "");
    return {
      title: SOUND_NAME.test(name) ? titleOf(name) : address.hostname,
      artist: "",
      url: address.href,
      durationSeconds: null,
      isStream: true,
    };
  } catch {
    return null;
  }
}

/** A file's name without extension, underscores and leading track number. */
export function titleOf(fileName: string): string {
  const name = fileName
    .replace(/\.[^.]+$/, "")
    .replace(/_/g, " ")
    .trim();
  return name.replace(/^\d{1,3}[\s.-]+(?=\S)/, "") || name;
}
