using System.Collections.Immutable;

namespace ArtFresh.Contracts;

/// <summary>By what an operator names artworks.</summary>
[GenerateSerializer]
public enum WithdrawBy
{
    /// <summary>The artwork's id.</summary>
    Id,

    /// <summary>SHA-256 of the imported file or of the stored picture, in hexadecimal digits.</summary>
    Hash,

    /// <summary>Where it was found.</summary>
    Source,

    /// <summary>Its author.</summary>
    Author,

    /// <summary>The collection that it was imported with.</summary>
    Collection,

    /// <summary>Its licence.</summary>
    Licence,
}

/// <summary>Which artworks an operator takes down, or puts back.</summary>
/// <param name="Value">What the artworks have, whole: an id, a hash or a text.</param>
/// <param name="IsUndone">Puts them back.</param>
[GenerateSerializer, Immutable, Alias("withdrawal-wish")]
public sealed record WithdrawalWish([property: Id(0)] WithdrawBy By, [property: Id(1)] string Value, [property: Id(2)] bool IsUndone = false);

/// <summary>What a withdrawal changed.</summary>
/// <param name="Found">Artworks that the wish names.</param>
/// <param name="Changed">Those of them that were taken down, or put back.</param>
[GenerateSerializer, Immutable, Alias("withdrawal-result")]
public sealed record WithdrawalResult([property: Id(0)] int Found, [property: Id(1)] int Changed);

/// <summary>What was withdrawn after a change.</summary>
/// <param name="Change">The last change that is told; a caller asks on from it.</param>
/// <param name="ArtworkIds">The artworks that are withdrawn by the changes in between.</param>
[GenerateSerializer, Immutable, Alias("withdrawal-news")]
public sealed record WithdrawalNews([property: Id(0)] long Change, [property: Id(1)] ImmutableArray<long> ArtworkIds);

/// <summary>Tells what was withdrawn, from the memory of the silo that is asked. The key is 0.</summary>
[GrainInterfaceType("withdrawal-news"), Alias("withdrawal-news-grain")]
public interface IWithdrawalNewsGrain : IGrainWithIntegerKey
{
    /// <summary>The first changes after one, at most <see cref="Limits.WithdrawalsToldMax"/>.</summary>
    [Alias("tell")] Task<WithdrawalNews> Tell(long afterChange);
}

/// <summary>Takes artworks down: they are served, shown and drawn no more, on all silos within seconds. What listeners were shown stays in their record. The key is 0.</summary>
[GrainInterfaceType("withdrawals"), Alias("withdrawals-grain")]
public interface IWithdrawalsGrain : IGrainWithIntegerKey
{
    /// <summary>Takes artworks down or puts them back, and writes it to the audit. Doing it again changes nothing.</summary>
    [Alias("withdraw")] Task<WithdrawalResult> Withdraw(WithdrawalWish wish, string actor, string reason);
}
