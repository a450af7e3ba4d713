namespace ArtFresh.Ledger;

/// <summary>One row that breaks a promise.</summary>
/// <param name="What">A sentence about the violation.</param>
public sealed record Broken(string What, string? Listener = null, Guid? Session = null, long? ArtworkId = null);

/// <summary>The result of one check.</summary>
public sealed class Check(string name, string promise)
{
    /// <summary>Maximum number of rows to keep; all are counted.</summary>
    internal int RowsMax { get; init; }

    /// <summary>The check's name in kebab-case, the same in every release.</summary>
    public string Name { get; } = name;

    /// <summary>The promise that it checks.</summary>
    public string Promise { get; } = promise;

    /// <summary>Why the check is incomplete, or null.</summary>
    public string? NotJudged { get; internal set; }

    /// <summary>What an operator may want to know and that breaks no promise, or null.</summary>
    public string? Note { get; internal set; }

    /// <summary>Number of violations.</summary>
    public long Faults { get; private set; }

    /// <summary>The first rows that break the promise.</summary>
    public IReadOnlyList<Broken> Rows => _rows;

    private readonly List<Broken> _rows = [];

    internal void Add(Broken row)
    {
        Faults++;
        if (_rows.Count < RowsMax)
        {
            _rows.Add(row);
        }
    }
}

/// <summary>The results of all checks.</summary>
public sealed class VerificationResult
{
    private readonly int _rowsMax;

    /// <param name="rowsMax">Maximum number of rows to keep for each check.</param>
    public VerificationResult(int rowsMax)
    {
        _rowsMax = rowsMax;
        Sound = New("file-sound", "the database's file is whole: no page is torn or lost, and each index agrees with its table");
        Schema = New("schema-whole", "the database has the tables, keys, indexes and triggers that the schema's scripts make, and no others that can change what is read or written");
        Readable = New("readable", "every packed value can be read");
        Known = New("known", "every row belongs to an existing session, listener and artworks");
        Blocks = New("blocks-in-order", "a listener's blocks are numbered 1, 2, 3 without a gap");
        ServedOnce = New("served-once", "an artwork is served to a listener at most once");
        Batches = New("batches-in-order", "a session's batches are numbered 1, 2, 3 without a gap");
        RecordedOnce = New("recorded-once", "the ledger holds each session and artwork once");
        ShownOnce = New("shown-once", "an impression of a listener and artwork is recorded once, over all their sessions");
        ServedFirst = New("served-first", "what a listener was shown is in their set, so that it is never fresh again");
        UnservedSpent = New("unserved-spent", "an artwork that counts as never served was never served to the listener, and is never fresh again");
        JoinedWhole = New("joined-whole", "the log of a guest who joined an account is closed for good, and the account has all that the guest had");
        Missing = New("missing-counted", "the count of missing numbers agrees with the gaps");
        ViewedAt = New("viewed-at", "viewed_at is the time of the artwork's first impression");
        Positions = New("positions-in-order", "a writer's rows have positions 1, 2, 3 without a gap");
        Views = New("views-tallied", "an artwork's views agree with the ledger's batches");
        Counters = New("counters-tallied", "a release's counters agree with the ledger's batches");
        Written = New("rows-as-written", "each row is as it was written, and none is gone or was added");
        Snapshots = New("snapshots-hold", "a listener's snapshots say what the log says, and cover the blocks that are dropped");
        ServedCounted = New("served-counted", "what sessions were given to show is counted as the blocks say");
        Notes = New("notes-agree", "servers' and operators' notes agree with each other");
        Withdrawn = New("withdrawn-unserved", "a withdrawn artwork is set aside for nobody");
        HeadHolds = New("head-holds", "what an earlier head stands for is in the ledger");
        All = [Sound, Schema, Readable, Known, Blocks, ServedOnce, Batches, RecordedOnce, ShownOnce, ServedFirst, UnservedSpent, JoinedWhole, Missing, ViewedAt, Positions, Views, Counters, Written, Snapshots, ServedCounted, Notes, Withdrawn, HeadHolds];
    }

    /// <summary>All checks, in the order in which they are listed.</summary>
    public IReadOnlyList<Check> All { get; }

    /// <summary>Whether every promise holds.</summary>
    public bool Holds => All.All(check => check.Faults == 0);

    /// <summary>Whether the database's file is sound.</summary>
    public bool IsSound => Sound.Faults == 0;

    /// <summary>Adds damage of the database's file. Then no row can be trusted, so that no other check judges any.</summary>
    public void AddDamage(IReadOnlyList<string> faults)
    {
        ArgumentNullException.ThrowIfNull(faults);
        foreach (var fault in faults)
        {
            Sound.Add(new Broken(fault));
        }

        foreach (var check in All.Where(check => faults.Count > 0 && check != Sound))
        {
            check.NotJudged = "the file is damaged, so that its rows were not read";
        }
    }

    /// <summary>The ends of all writers' chains, and of the small tables that only grow.</summary>
    public LedgerHead Head { get; internal set; } = new([], []);

    /// <summary>Rows read.</summary>
    public long RowsRead { get; internal set; }

    /// <summary>Number of rows to read.</summary>
    public long RowsToRead { get; internal set; }

    /// <summary>Artworks in the catalogue.</summary>
    public long Artworks { get; internal set; }

    /// <summary>Batches read.</summary>
    public long BatchRows { get; internal set; }

    /// <summary>Blocks read.</summary>
    public long BlockRows { get; internal set; }

    /// <summary>Impressions read.</summary>
    public long Impressions { get; internal set; }

    internal Check Sound { get; }

    internal Check Schema { get; }

    internal Check Readable { get; }

    internal Check Known { get; }

    internal Check Blocks { get; }

    internal Check ServedOnce { get; }

    internal Check Batches { get; }

    internal Check RecordedOnce { get; }

    internal Check ShownOnce { get; }

    internal Check ServedFirst { get; }

    internal Check UnservedSpent { get; }

    internal Check JoinedWhole { get; }

    internal Check Missing { get; }

    internal Check ViewedAt { get; }

    internal Check Positions { get; }

    internal Check Views { get; }

    internal Check Counters { get; }

    internal Check Written { get; }

    internal Check Snapshots { get; }

    internal Check ServedCounted { get; }

    internal Check Notes { get; }

    internal Check Withdrawn { get; }

    internal Check HeadHolds { get; }

    private Check New(string name, string promise) => new(name, promise) { RowsMax = _rowsMax };
}
