namespace ArtFresh.Art;

/// <summary>A picture that an images API made, decoded and re-encoded: only its pixels are the API's.</summary>
/// <param name="Picture">A WebP file, sRGB, without transparency or metadata, the longest side at most 1024 pixels.</param>
/// <param name="ContentHash">SHA-256 of the bytes that the API sent, 64 lower-case hexadecimal digits.</param>
/// <param name="PictureHash">SHA-256 of <paramref name="Picture"/>, the key that <see cref="PictureStore"/> gives it.</param>
/// <param name="Prompt">What was asked for.</param>
/// <param name="Model">The model that was asked.</param>
/// <param name="Width">Pixels across.</param>
/// <param name="Height">Pixels down.</param>
public sealed record GeneratedImage(ReadOnlyMemory<byte> Picture, string ContentHash, string PictureHash, string Prompt, string Model, int Width, int Height);
