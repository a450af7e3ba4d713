namespace ArtFresh.Grains.Listener;

/// <summary>Which candidates a listener may be served. A service of its own, so that a fault can be planted in it.</summary>
public class FreshRule
{
    /// <param name="isServed">Whether the listener has the artwork.</param>
    public virtual bool IsFresh(bool isServed) => !isServed;
}
