using System.Collections.Immutable;
using System.Runtime.InteropServices;
using ArtFresh.Contracts;

namespace ArtFresh.Freshness;

/// <summary>Divides the mood plane into 8 x 8 cells, each with its own pool. Row-major: cell = row * 8 + column, row by energy, column by valence.</summary>
public static class MoodGrid
{
    /// <summary>Cells along each side of the plane.</summary>
    public const int CellsPerSide = 8;

    private static readonly int[][] ByCenter = [.. Enumerable.Range(0, CellCount).Select(OrderFromCenter)];

    /// <summary>Number of cells: 64.</summary>
    public static int CellCount => CellsPerSide * CellsPerSide;

    /// <summary>The cell that contains the mood, 0 to 63. A border belongs to the cell above it, and 1.0 to the last cell.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A coordinate is outside [0, 1] or not a number.</exception>
    public static int CellOf(Mood mood)
    {
        if (!mood.IsValid)
        {
            throw new ArgumentOutOfRangeException(nameof(mood), mood, "Valence and energy must be in [0, 1].");
        }

        return (Slot(mood.Energy) * CellsPerSide) + Slot(mood.Valence);
    }

    /// <summary>The mood in the middle of a cell.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such cell.</exception>
    public static Mood CenterOf(int cell)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(cell);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(cell, CellCount);
        return new Mood(((cell % CellsPerSide) + 0.5) / CellsPerSide, ((cell / CellsPerSide) + 0.5) / CellsPerSide);
    }

    /// <summary>All 64 cells by the distance of their centre from the mood, nearest first, ties by index. The mood's own cell comes first, even if the mood is on its border.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A coordinate is outside [0, 1] or not a number.</exception>
    public static ImmutableArray<int> NearestCells(Mood mood)
    {
        var own = CellOf(mood);
        var cells = new int[CellCount];
        Span<double> distances = stackalloc double[CellCount];

        // Starts from the order by distance from the cell's centre, which is nearly the result: insertion sort is fast on nearly sorted input.
        for (var i = 0; i < cells.Length; i++)
        {
            var cell = ByCenter[own][i];
            var distance = cell == own ? -1 : SquaredDistance(mood, CenterOf(cell));
            var at = i;
            for (; at > 0 && (distance < distances[at - 1] || (distance == distances[at - 1] && cell < cells[at - 1])); at--)
            {
                (cells[at], distances[at]) = (cells[at - 1], distances[at - 1]);
            }

            (cells[at], distances[at]) = (cell, distance);
        }

        return ImmutableCollectionsMarshal.AsImmutableArray(cells);
    }

    private static int Slot(double coordinate) => Math.Min((int)(coordinate * CellsPerSide), CellsPerSide - 1);

    private static int[] OrderFromCenter(int cell) =>
        [.. Enumerable.Range(0, CellCount).OrderBy(other => SquaredDistance(CenterOf(cell), CenterOf(other))).ThenBy(other => other)];

    private static double SquaredDistance(Mood one, Mood other)
    {
        var (valence, energy) = (one.Valence - other.Valence, one.Energy - other.Energy);
        return (valence * valence) + (energy * energy);
    }
}
