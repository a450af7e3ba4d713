namespace ArtFresh.Server;

/// <summary>Posts to an operator's address, once: what is not taken stays in the ledger.</summary>
internal static class WebhookPost
{
    /// <returns>Null if it was taken; else why it was not.</returns>
    /// <exception cref="OperationCanceledException">The caller gives up.</exception>
    public static async Task<string?> FindFaultAsync(HttpClient http, Uri address, HttpContent body, CancellationToken cancellationToken)
    {
        try
        {
            using var answer = await http.PostAsync(address, body, cancellationToken).ConfigureAwait(false);
            return answer.IsSuccessStatusCode ? null : $"it answered {(int)answer.StatusCode}";
        }
        catch (Exception failure) when (failure is HttpRequestException || (failure is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return failure.Message;
        }
    }
}
