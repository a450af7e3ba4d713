namespace ArtFresh.Ledger;

/// <summary>A writer, and the ends of its chains; null where it wrote without checksums.</summary>
public sealed record WriterEnd(long Writer, DateTimeOffset StartedAt, WriterHead? Head);

/// <summary>
/// Follows one of the chains of each writer: whether each row is as it was written after the row before it, and the last one is the writer's last. Rows of a release without checksums are
/// taken as they are.
/// </summary>
/// <param name="what">What the chain is of: batches, or blocks.</param>
/// <param name="endOf">The end of a writer's chain.</param>
/// <param name="mayLack">Whether rows may be gone without a trace: a release without checksums has erased listeners or dropped months.</param>
internal sealed class ChainCheck(
    VerificationResult result, IReadOnlyDictionary<long, WriterEnd> writers, string what, Func<WriterHead, (long Position, long Chain)> endOf, bool mayLack)
{
    private readonly HashSet<long> _ended = [];
    private long _writer;
    private long _position;
    private long? _before;
    private bool _hasChain;

    /// <summary>Begins a writer's chain, or goes on with it after a position.</summary>
    public void Begin(long writer, long position, long? chain)
    {
        End();
        (_writer, _position, _before, _hasChain) = (writer, position, chain, position > 0);
        if (!writers.ContainsKey(writer))
        {
            result.Written.Add(new Broken($"writer {writer} has {what} and is not in the ledger"));
        }
    }

    /// <summary>The next row.</summary>
    /// <param name="firstPosition">The first position that it stands for: another than its own where a month was dropped.</param>
    /// <param name="expected">Gives the row's checksum from that of the row before it; null of a row that is erased.</param>
    /// <param name="name">Names the row.</param>
    public void Take(long writer, long firstPosition, long position, long? chain, Func<long, long>? expected, Func<string> name)
    {
        if (writer != _writer)
        {
            Begin(writer, 0, writers.TryGetValue(writer, out var started) ? started.StartedAt.ToUnixTimeMilliseconds() : null);
        }

        if (chain is null && expected is not null && _hasChain)
        {
            result.Written.Add(new Broken($"{name()} has no checksum, and rows before it have one"));
        }
        else if (chain is not null && expected is not null && position <= _position)
        {
            result.Written.Add(new Broken($"{name()} has the position of another"));
        }
        else if (chain is not null && firstPosition > _position + 1 && !mayLack)
        {
            result.Written.Add(new Broken($"{what} {_position + 1} to {firstPosition - 1} of writer {writer} are gone"));
        }
        else if (chain is not null && expected is not null && firstPosition == _position + 1 && _before is { } before && expected(before) != chain)
        {
            result.Written.Add(new Broken($"{name()} is not as it was written, or the row before it is another"));
        }

        (_position, _before, _hasChain) = (position, chain, _hasChain || chain is not null);
    }

    /// <summary>Compares the end of the last chain. Call it after the last row.</summary>
    public void End()
    {
        if (_writer == 0 || !_ended.Add(_writer) || !writers.TryGetValue(_writer, out var writer))
        {
            return;
        }

        if (writer.Head is null && _hasChain)
        {
            result.Written.Add(new Broken($"writer {_writer} has {what} with checksums, and its own end has none"));
        }
        else if (writer.Head is { } head && endOf(head) is var (position, chain)
            && (position == _position ? _hasChain && _before is not null && chain != _before : !mayLack || position < _position))
        {
            result.Written.Add(new Broken($"writer {_writer} wrote {what} up to {position}; the ledger has them up to {_position}"));
        }
    }

    /// <summary>Reports writers of which no row is left.</summary>
    public void JudgeRest()
    {
        End();
        foreach (var (number, writer) in writers)
        {
            if (!_ended.Contains(number) && writer.Head is { } head && endOf(head).Position > 0 && !mayLack)
            {
                result.Written.Add(new Broken($"writer {number} wrote {what} up to {endOf(head).Position}; the ledger has none"));
            }
        }
    }
}
