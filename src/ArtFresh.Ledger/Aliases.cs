namespace ArtFresh.Ledger;

/// <summary>Follows aliases: a guest has joined an account, which an operator may have joined to another.</summary>
public static class Aliases
{
    /// <summary>Accounts in a row that may have joined one another.</summary>
    public const int StepsMax = 16;

    /// <summary>The account that a listener has joined, at the end of all joinings; null for a listener who has joined nobody.</summary>
    public static async Task<string?> FindAccountAsync(this IListenerAliases aliases, string listenerId)
    {
        string? account = null;
        for (var steps = 0; steps < StepsMax && await aliases.FindAliasAsync(account ?? listenerId, CancellationToken.None) is { } alias; steps++)
        {
            account = alias.Account;
        }

        return account;
    }

    /// <summary>How many joinings lead from a listener to an account; 0 if none do.</summary>
    public static async Task<int> CountStepsAsync(this IListenerAliases aliases, string listenerId, string accountId)
    {
        var at = listenerId;
        for (var steps = 1; steps <= StepsMax && await aliases.FindAliasAsync(at, CancellationToken.None) is { } alias; steps++)
        {
            if (alias.Account == accountId)
            {
                return steps;
            }

            at = alias.Account;
        }

        return 0;
    }
}
