using System.Globalization;
using System.Text.Json;
using Parquet;
using Parquet.Serialization;

namespace ArtFresh.Server;

/// <summary>The files of an export: one for each sort and day. A file has its name once it is whole and on disk.</summary>
/// <param name="again">Whether finished days are written anew.</param>
internal sealed class ExportFiles(string folder, ExportFormat format, bool again)
{
    /// <summary>Whether a day is to be written.</summary>
    public bool IsLeft(ExportSort sort, DateOnly day) => again || !File.Exists(PathOf(sort, day));

    /// <summary>Begins a day's file.</summary>
    public ExportFile<T> Open<T>(ExportSort sort, DateOnly day)
        where T : class, new()
    {
        var path = PathOf(sort, day);
        PrivateFiles.CreateMissingFolder(folder);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        return format == ExportFormat.Parquet ? new ParquetFile<T>(path) : new NdjsonFile<T>(path);
    }

    private string PathOf(ExportSort sort, DateOnly day) =>
        Path.Combine(folder, OperatorCommands.WordOf(sort), string.Create(CultureInfo.InvariantCulture, $"{day:yyyy-MM-dd}.{OperatorCommands.WordOf(format)}"));
}

/// <summary>A day's file, under another name until it is finished.</summary>
internal abstract class ExportFile<T>(string path) : IAsyncDisposable
{
    private readonly string _partial = path + ".partial";
    private FileStream? _file;

    /// <summary>Opened with the first row, so that many days do not hold files that get none.</summary>
    protected FileStream Content => _file ??= new FileStream(_partial, FileMode.Create, FileAccess.ReadWrite, FileShare.Read, 1 << 16, useAsync: true);

    public abstract ValueTask AddAsync(T row);

    /// <summary>Writes what waits in memory.</summary>
    protected abstract Task FlushAsync();

    /// <summary>The file is on disk when it gets its name.</summary>
    public async Task FinishAsync()
    {
        await FlushAsync();
        await Content.FlushAsync();
        Content.Flush(flushToDisk: true);
        await Content.DisposeAsync();
        File.Move(_partial, path, overwrite: true);
        _file = null;
    }

    public async ValueTask DisposeAsync()
    {
        if (_file is not null)
        {
            await _file.DisposeAsync();
            File.Delete(_partial);
        }
    }
}

/// <summary>A line of JSON for each row.</summary>
internal sealed class NdjsonFile<T>(string path) : ExportFile<T>(path)
{
    private static readonly byte[] NewLine = "\n"u8.ToArray();

    public override async ValueTask AddAsync(T row)
    {
        await Content.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(row, ExportJson.Options));
        await Content.WriteAsync(NewLine);
    }

    protected override Task FlushAsync() => Task.CompletedTask;
}

/// <summary>Apache Parquet, in groups of rows.</summary>
internal sealed class ParquetFile<T>(string path) : ExportFile<T>(path)
    where T : class, new()
{
    private const int RowsPerGroup = 16_384;

    private readonly List<T> _rows = new(RowsPerGroup);
    private bool _isBegun;

    public override ValueTask AddAsync(T row)
    {
        _rows.Add(row);
        return _rows.Count < RowsPerGroup ? ValueTask.CompletedTask : new ValueTask(WriteAsync());
    }

    protected override Task FlushAsync() => _rows.Count > 0 || !_isBegun ? WriteAsync() : Task.CompletedTask;

    private async Task WriteAsync()
    {
        Content.Position = 0;
        await ParquetSerializer.SerializeAsync(_rows, Content, new ParquetOptions { Append = _isBegun });
        _isBegun = true;
        _rows.Clear();
    }
}
