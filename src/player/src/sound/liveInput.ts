/** Where live sound comes from: a microphone, or a tab or a screen that the listener shares with its sound. */
export type LiveKind = "microphone" | "shared";

/** Live sound, until it is closed. */
export class LiveInput {
  readonly kind: LiveKind;
  readonly stream: MediaStream;

  private constructor(kind: LiveKind, stream: MediaStream, onLost: () => void) {
    this.kind = kind;
    this.stream = stream;
    // Not called for what `close` stops.
    for (const track of stream.getAudioTracks()) track.addEventListener("ended", onLost);
  }

  /**
   * Asks the listener for it. Rejects with a DOMException if they or the browser do not allow it, or if what they share is silent.
   * @param onLost Called when it ends by itself: it was unplugged, or is no longer shared.
   */
  static async open(kind: LiveKind, onLost: () => void, deviceId?: string): Promise<LiveInput> {
    const stream = await (kind === "microphone" ? openMicrophone(deviceId) : openShared());
    return new LiveInput(kind, stream, onLost);
  }

  get isOpen(): boolean {
    return this.stream.getAudioTracks().some(({ readyState }) => readyState === "live");
  }

  /** A microphone is released, because its light says that somebody listens. What is shared stays so: only the listener can share it again. */
  pause(isPaused: boolean): void {
    if (this.kind === "shared") for (const track of this.stream.getAudioTracks()) track.enabled = !isPaused;
    else if (isPaused) this.close();
  }

  close(): void {
    for (const track of this.stream.getTracks()) track.stop();
  }
}

function openMicrophone(deviceId: string | undefined): Promise<MediaStream> {
  if (!navigator.mediaDevices) throw new DOMException("No microphone without https", "NotSupportedError");
  const raw = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
  return navigator.mediaDevices.getUserMedia({
    audio: deviceId ? { ...raw, deviceId: { exact: deviceId } } : raw,
  });
}

async function openShared(): Promise<MediaStream> {
  if (!navigator.mediaDevices?.getDisplayMedia)
    throw new DOMException("No sharing here", "NotSupportedError");
  const raw = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
  // Browsers share sound only along with a picture.
  const stream = await navigator.mediaDevices.getDisplayMedia({ audio: raw, video: true });
  for (const track of stream.getVideoTracks()) track.stop();
  if (stream.getAudioTracks().length === 0) throw new DOMException("Shared without sound", "NotFoundError");
  return stream;
}
