using System.Text.Json;
using ArtFresh.Contracts;

namespace ArtFresh.Ledger;

/// <summary>A client's report as a batch's row holds it.</summary>
public static class StoredReport
{
    private static readonly JsonSerializerOptions Whole = new() { RespectRequiredConstructorParameters = true, RespectNullableAnnotations = true };

    /// <returns>Null for none.</returns>
    /// <exception cref="JsonException">It is no report, or lacks a part.</exception>
    public static DeliveryReport? Read(string? json) => json is null ? null : JsonSerializer.Deserialize<DeliveryReport>(json, Whole);
}
