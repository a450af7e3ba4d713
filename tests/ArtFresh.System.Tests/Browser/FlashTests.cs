using ArtFresh.Art;
using ArtFresh.Contracts;
using Xunit;

namespace ArtFresh.SystemTests.Browser;

/// <summary>WCAG 2.3.1: no more than three general or red flashes in any second over a quarter of any ten degrees of sight, whatever is played and whatever is shown.</summary>
public sealed class FlashTests(ArtPage art) : IClassFixture<ArtPage>
{
    private const int GenomesTogether = 20;

    private static readonly int Genomes = LongForm.IsOn ? 500 : 60;

    [Fact]
    public async Task NoGenomeFlashesUnderAnyInput()
    {
        var genomes = Enumerable.Range(0, Genomes).Select(NewGenomeOfAnyVersion).ToArray();

        for (var from = 0; from < genomes.Length; from += GenomesTogether)
        {
            var over = await art.Page.EvaluateAsync<string[]>(
                """
                async ([genomes, from]) => {
                  const { SteppedStage, inputs, isOverLimit, tryPulses } = flashes;
                  globalThis.stepped ??= new SteppedStage(Stage, FlashGuard);
                  globalThis.pulses ??= Object.entries(inputs(Ear));
                  const over = [];
                  for (const [i, genome] of genomes.entries()) {
                    // Each genome has another of the inputs.
                    const [name, input] = pulses[(from + i) % pulses.length];
                    const area = await tryPulses(stepped, genome, input);
                    if (isOverLimit(area)) over.push(`${genome} under ${name}: ${Math.round(area * 100)}%`);
                  }
                  return over;
                }
                """,
                new object[] { genomes[from..Math.Min(from + GenomesTogether, genomes.Length)], from });
            Assert.True(over.Length == 0, string.Join('\n', over));
        }
    }

    /// <summary>Whoever presses Next again and again, faster than the art can follow.</summary>
    [Theory, InlineData(3), InlineData(8)]
    public async Task ArtworksThatFollowEachOtherQuicklyDoNotFlash(int hertz)
    {
        var genomes = Enumerable.Range(0, 60).Select(NewGenome).ToArray();

        var over = await art.Page.EvaluateAsync<string[]>(
            """
            async ([genomes, hertz]) => {
              const { SteppedStage, inputs, isOverLimit, tryNext } = flashes;
              globalThis.stepped ??= new SteppedStage(Stage, FlashGuard);
              globalThis.pulses ??= Object.entries(inputs(Ear));
              const over = [];
              for (const [name, input] of pulses) {
                const area = await tryNext(stepped, genomes, input, hertz);
                if (isOverLimit(area)) over.push(`${name}: ${Math.round(area * 100)}%`);
                genomes.push(...genomes.splice(0, 7));
              }
              return over;
            }
            """,
            new object[] { genomes, hertz });

        Assert.True(over.Length == 0, string.Join('\n', over));
    }

    private static string NewGenome(int index) =>
        GenomeGenerator.Draw(new Mood(index % 10 / 9.0, index / 10 % 10 / 9.0), (ulong)index * 7919).ToString();

    private static string NewGenomeOfAnyVersion(int index) =>
        index % 2 == 0 ? NewGenome(index) : BredGenerator.Draw(new Mood(index % 10 / 9.0, index / 10 % 10 / 9.0), (ulong)index * 7919).ToString();
}
