namespace ArtFresh.Freshness;

/// <summary>Decides how an impression of an artwork that the listener was served, or made, counts.</summary>
public static class ImpressionJudge
{
    /// <summary>
    /// Recorded if the artwork is new to the listener, whatever its number: no impression is discarded. Otherwise
    /// a number that has arrived before is a duplicate, and a new number a repeat.
    /// </summary>
    public static ImpressionOutcome Judge(bool artworkIsNewToListener, bool numberIsNewToSession) =>
        (artworkIsNewToListener, numberIsNewToSession) switch
        {
            (true, _) => ImpressionOutcome.Recorded,
            (false, false) => ImpressionOutcome.Duplicate,
            (false, true) => ImpressionOutcome.Repeat,
        };
}
