using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace ArtFresh.Art.Tests;

/// <summary>The reader of the Content Authenticity Initiative looks at what is stored. The samples were signed with c2pa-rs and a certificate that nobody trusts.</summary>
public sealed class ContentCredentialsTests : IDisposable
{
    /// <summary>The reader asks for a part of a blob as a browser's worker does; Node has no such call, so the blob answers from memory.</summary>
    private const string Script = """
        import { readFileSync } from "node:fs";
        import init, { WasmReader } from "@contentauth/c2pa-wasm";
        class Bytes extends Blob {
          constructor(bytes, type) { super([bytes], { type }); this.bytes = bytes; }
          slice(from, to, type) { return new Bytes(this.bytes.slice(from, to), type); }
        }
        globalThis.FileReaderSync = class { readAsArrayBuffer(blob) { return blob.bytes.buffer; } };
        const [file, type] = process.argv.slice(1);
        await init({ module_or_path: readFileSync("node_modules/@contentauth/c2pa-wasm/pkg/c2pa_bg.wasm") });
        const reader = await WasmReader.fromBlob(type, new Bytes(Uint8Array.from(readFileSync(file)), type));
        console.log(JSON.parse(reader.json()).validation_state);
        """;

    private readonly ScratchFolder _folder = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("png", "image/png")]
    [InlineData("jpg", "image/jpeg")]
    [InlineData("webp", "image/webp")]
    public async Task ManifestOfAStoredOriginalIsValid(string extension, string type)
    {
        var sent = await File.ReadAllBytesAsync(Path.Combine(AppContext.BaseDirectory, "Images", $"credentials.{extension}"), Stop);
        Assert.True(ContentCredentials.AreIn(sent));
        var hash = await new PictureStore(_folder.Path).SaveOriginalAsync(sent, Stop);
        var stored = Path.Combine(_folder.Path, "originals", hash[..2], hash[2..]);
        Assert.Equal("Valid", await ReadAsync(stored, type));

        sent[sent.Length * 7 / 10] ^= 1;
        Assert.Equal("Invalid", await ReadAsync(_folder.Write("altered", sent), type));
    }

    private static async Task<string> ReadAsync(string file, string type)
    {
        var start = new ProcessStartInfo("node", ["--input-type=module", "--eval", Script, "--", file, type])
        {
            WorkingDirectory = Path.Combine(Here(), "..", "..", "..", "src"),
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        using var node = Process.Start(start) ?? throw new InvalidOperationException("node did not start.");
        var errors = node.StandardError.ReadToEndAsync(Stop);
        var said = await node.StandardOutput.ReadToEndAsync(Stop);
        await node.WaitForExitAsync(Stop);
        return node.ExitCode == 0 ? said.Trim() : $"node ended with {node.ExitCode}: {await errors}";
    }

    private static string Here([CallerFilePath] string here = "") => Path.GetDirectoryName(here)!;
}
