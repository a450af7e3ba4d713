/** A piece of music that can be played. */
export interface Song {
  readonly title: string;
  readonly artist: string;
  readonly url: string;
  /** Seconds, null while unknown. */
  readonly durationSeconds: number | null;
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
    .map((file) => ({
      title: titleOf(file.name),
      artist: "",
      url: URL.createObjectURL(file),
      file,
      durationSeconds: null,
    }));
}

/** A file's name without extension, underscores and leading track number. */
export function titleOf(fileName: string): string {
  const name = fileName
    .replace(/\.[^.]+$/, "")
    .replace(/_/g, " ")
    .trim();
  return name.replace(/^\d{1,3}[\s.-]+(?=\S)/, "") || name;
}
