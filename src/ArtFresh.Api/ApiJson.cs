using System.Collections.Immutable;
using System.Text.Json.Serialization;
using ArtFresh.Contracts;

namespace ArtFresh.Api;

/// <summary>Generated serializers of all bodies.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ProblemBody))]
[JsonSerializable(typeof(GuestBody))]
[JsonSerializable(typeof(JoinBody))]
[JsonSerializable(typeof(JoinedBody))]
[JsonSerializable(typeof(OfferBody))]
[JsonSerializable(typeof(OfferedBody))]
[JsonSerializable(typeof(OpenSessionBody))]
[JsonSerializable(typeof(SessionBody))]
[JsonSerializable(typeof(EndSessionBody))]
[JsonSerializable(typeof(FreshBody))]
[JsonSerializable(typeof(long[]))]
[JsonSerializable(typeof(WithdrawBody))]
[JsonSerializable(typeof(WithdrawnBody))]
[JsonSerializable(typeof(WithdrawalsBody))]
[JsonSerializable(typeof(ArtworkBody))]
[JsonSerializable(typeof(ArtworkViewsBody))]
[JsonSerializable(typeof(OwnArtworksBody))]
[JsonSerializable(typeof(ErasureBody))]
[JsonSerializable(typeof(BatchBody))]
[JsonSerializable(typeof(SingleBody))]
[JsonSerializable(typeof(RecordedBody))]
[JsonSerializable(typeof(ClusterState))]
[JsonSerializable(typeof(ArrivalBody))]
[JsonSerializable(typeof(SessionState))]
[JsonSerializable(typeof(LegacyCounts))]
[JsonSerializable(typeof(KpiSummary))]
[JsonSerializable(typeof(ImmutableArray<ReleaseHealth>))]
[JsonSerializable(typeof(ImmutableArray<AuditEntry>))]
[JsonSerializable(typeof(KnowReleaseBody))]
[JsonSerializable(typeof(StrikeBody))]
[JsonSerializable(typeof(StruckBody))]
[JsonSerializable(typeof(SwitchDeliveryBody))]
[JsonSerializable(typeof(MusicBody))]
[JsonSerializable(typeof(OperationsBody))]
internal sealed partial class ApiJson : JsonSerializerContext;
