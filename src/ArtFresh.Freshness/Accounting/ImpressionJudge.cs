namespace ArtFresh.Freshness;

/// <summary>Decides how an impression of an artwork that the listener was served, or made, counts.</summary>
public static class ImpressionJudge
{
    /// <summary>
    /// Recorded if the artwork is new to the listener, whatever its number and purpose: no impression is discarded. Otherwise
    /// a number that has arrived before is a duplicate, and a new number a revisit if it was on purpose, else a repeat.
    /// </summary>
    public static ImpressionOutcome Judge(bool artworkIsNewToListener, bool numberIsNewToSession, bool isOnPurpose = false) =>
        (artworkIsNewToListener, numberIsNewToSession, isOnPurpose) switch
        {
            (true, _, _) => ImpressionOutcome.Recorded,
            (false, false, _) => ImpressionOutcome.Duplicate,
            (false, true, true) => ImpressionOutcome.Revisit,
            (false, true, false) => ImpressionOutcome.Repeat,
        };
}
