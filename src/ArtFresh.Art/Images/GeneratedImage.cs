namespace ArtFresh.Art;

/// <summary>A picture from an images API, decoded and re-encoded, so that only its pixels come from the API.</summary>
/// <param name="Picture">A WebP file, sRGB, without transparency or metadata, the longest side at most 1024 pixels.</param>
/// <param name="ContentHash">SHA-256 of the bytes that the API sent, 64 lower-case hexadecimal digits.</param>
/// <param name="PictureHash">SHA-256 of <paramref name="Picture"/>, its key in <see cref="PictureStore"/>.</param>
/// <param name="Prompt">The prompt of the request.</param>
/// <param name="Model">The model of the request.</param>
/// <param name="Width">Width in pixels.</param>
/// <param name="Height">Height in pixels.</param>
/// <param name="Print">What the picture is compared by.</param>
/// <param name="Original">The bytes that the API sent, if they have Content Credentials, which the re-encoded picture has not; else null.</param>
public sealed record GeneratedImage(ReadOnlyMemory<byte> Picture, string ContentHash, string PictureHash, string Prompt, string Model, int Width, int Height, PicturePrint Print, ReadOnlyMemory<byte>? Original);
