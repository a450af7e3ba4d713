namespace ArtFresh.Contracts;

/// <summary>What <see cref="Delivery"/> is called on the wire, in the ledger and in settings.</summary>
public static class DeliveryWords
{
    /// <summary>The words there are.</summary>
    public const string Batch = "batch", Single = "single";

    /// <summary>The word for it.</summary>
    /// <exception cref="InvalidOperationException">There is none.</exception>
    public static string Of(Delivery delivery) => delivery switch
    {
        Delivery.Batch => Batch,
        Delivery.Single => Single,
        _ => throw new InvalidOperationException($"There is no word for delivery {delivery}."),
    };

    /// <summary>What a word means; any but <see cref="Single"/> means batches.</summary>
    public static Delivery Read(string word) => word == Single ? Delivery.Single : Delivery.Batch;
}
