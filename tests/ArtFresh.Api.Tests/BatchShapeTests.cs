using System.Text.Json;

namespace ArtFresh.Api.Tests;

public sealed class BatchShapeTests
{
    [Theory]
    [InlineData("[]")]
    [InlineData("[7]")]
    [InlineData("[0, -1, 9007199254740991, 9223372036854775807]")]
    [InlineData("null")]
    public void ReadsWhatTheSerializerReads(string integers)
    {
        var body = $$"""{"batchId": "0190a0b0-0000-7000-8000-000000000001", "artworkIds": {{integers}}, "other": [1, "x"], "displayedAtMs": {{integers}}, "firstNumber": 3}""";

        var quick = JsonSerializer.Deserialize(body, BatchShape.Quick)!;

        var plain = JsonSerializer.Deserialize(body, ApiJson.Default.BatchBody)!;
        Assert.Equal(plain.ArtworkIds, quick.ArtworkIds);
        Assert.Equal(plain.DisplayedAtMs, quick.DisplayedAtMs);
        Assert.Equal((plain.BatchId, plain.FirstNumber), (quick.BatchId, quick.FirstNumber));
    }

    [Theory]
    [InlineData("[1.5]")]
    [InlineData("[1e3]")]
    [InlineData("[\"1\"]")]
    [InlineData("[9223372036854775808]")]
    [InlineData("[1, [2]]")]
    [InlineData("[1, null]")]
    [InlineData("{}")]
    [InlineData("1")]
    [InlineData("[1")]
    public void LeavesWhatIsWrongToTheSerializer(string integers) =>
        Assert.ThrowsAny<JsonException>(() => JsonSerializer.Deserialize($$"""{"artworkIds": {{integers}}}""", BatchShape.Quick));

    [Fact]
    public void ReadsAsManyAsABatchMayHaveAndLeavesMoreToTheSerializer()
    {
        static string Body(int count) => $$"""{"artworkIds": [{{string.Join(',', Enumerable.Range(0, count))}}]}""";

        Assert.Equal(200, JsonSerializer.Deserialize(Body(200), BatchShape.Quick)!.ArtworkIds!.Length);
        Assert.ThrowsAny<JsonException>(() => JsonSerializer.Deserialize(Body(201), BatchShape.Quick));
    }
}
