namespace ArtFresh.Contracts;

/// <summary>The text of a <see cref="Delivery"/> on the wire, in the ledger and in settings.</summary>
public static class DeliveryWords
{
    /// <summary>One word for each delivery.</summary>
    public const string Batch = "batch", Single = "single";

    /// <summary>The word of a delivery.</summary>
    /// <exception cref="InvalidOperationException">The value is not a defined delivery.</exception>
    public static string Of(Delivery delivery) => delivery switch
    {
        Delivery.Batch => Batch,
        Delivery.Single => Single,
        _ => throw new InvalidOperationException($"There is no word for delivery {delivery}."),
    };

    /// <summary>The delivery of a word. Any word but <see cref="Single"/> means batches.</summary>
    public static Delivery Read(string word) => word == Single ? Delivery.Single : Delivery.Batch;
}
