using System.Globalization;
using System.Text;
using ArtFresh.TestWorld;
using NetVips;

namespace ArtFresh.Art.Tests;

public sealed class SvgTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task DrawingGetsAPlainBackground()
    {
        var picture = await ReadAsync(Samples.Svg("<circle cx='50' cy='50' r='40' fill='#c02020'/>"));

        Assert.Equal(PictureFormat.Webp, PictureSignature.FormatOf(picture.PictureBytes.Span));
        Assert.InRange(picture.Width, 1000, 1024);
        using var image = Image.NewFromBuffer(picture.PictureBytes.ToArray());
        Assert.Equal((picture.Width, picture.Height, 3), (image.Width, image.Height, image.Bands));
        Assert.All(image.Getpoint(3, 3), band => Assert.InRange(band, 225, 255));
        Assert.InRange(image.Getpoint(512, 512)[0], 180, 205);
    }

    [Theory]
    [InlineData("white", 0, 60)]
    [InlineData("black", 225, 255)]
    public async Task BackgroundContrastsWithTheDrawing(string fill, int least, int most)
    {
        var picture = await ReadAsync(Samples.Svg($"<circle cx='50' cy='50' r='40' fill='{fill}'/>"));

        using var image = Image.NewFromBuffer(picture.PictureBytes.ToArray());
        Assert.All(image.Getpoint(3, 3), band => Assert.InRange(band, least, most));
    }

    /// <summary>A part that vanishes costs more than one whose outline shows it.</summary>
    [Theory]
    [InlineData("<path d='M20 10 h20 v80 h-20 z'/>", 225, 255)]
    [InlineData("<rect x='5' y='5' width='90' height='60' fill='white' stroke='black' stroke-width='4'/><rect x='10' y='80' width='60' height='6'/>", 225, 255)]
    [InlineData("<rect x='5' y='5' width='90' height='60' fill='white'/><rect x='10' y='80' width='60' height='6' fill='gray'/>", 0, 60)]
    [InlineData("<circle cx='50' cy='50' r='40' fill='none' stroke='#202020' stroke-width='3'/><circle cx='50' cy='50' r='8' fill='#101010'/>", 225, 255)]
    public async Task BackgroundHidesAsFewPartsAsItCan(string shapes, int least, int most)
    {
        var picture = await ReadAsync(Samples.Svg(shapes));

        using var image = Image.NewFromBuffer(picture.PictureBytes.ToArray());
        Assert.All(image.Getpoint(3, 3), band => Assert.InRange(band, least, most));
    }

    [Theory]
    [InlineData("")]
    [InlineData("width='40'")]
    [InlineData("height='40'")]
    [InlineData("width='100%' height='100%'")]
    public async Task DrawingWithoutAPageIsWhole(string attributes)
    {
        const string Shapes = "<rect x='-80' y='-30' width='40' height='30' fill='#c02020'/><rect x='60' y='200' width='40' height='30' fill='#2020c0'/>";
        var picture = await ReadAsync(Samples.Svg(Shapes, attributes));

        var expected = await ReadAsync(Samples.Svg(Shapes, "viewBox='-100 -50 300 300'"));
        Assert.InRange(picture.Width / (double)picture.Height, 0.95 * expected.Width / expected.Height, 1.05 * expected.Width / expected.Height);
        Assert.True(picture.Print.IsLookAlike(expected.Print.Hash), "It shows both shapes.");
    }

    [Theory]
    [InlineData("windows-1251", "\u041a\u043e\u0442")]
    [InlineData("windows-1252", "Café")]
    [InlineData("ISO-8859-2", "\u017b\u00f3\u0142w")]
    [InlineData("iso-8859-15", "Œuvre")]
    [InlineData("koi8-r", "\u041a\u043e\u0442")]
    [InlineData("Shift_JIS", "\u732b")]
    public async Task OlderEncodingIsRead(string encoding, string title)
    {
        Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);
        var text = Encoding.UTF8.GetString(Samples.Svg($"<title>{title}</title><circle cx='50' cy='50' r='40' fill='teal'/>", prologue: $"<?xml version=\"1.0\" encoding=\"{encoding}\" standalone=\"no\"?>"));

        Assert.Equal(title, (await ReadAsync(Encoding.GetEncoding(encoding).GetBytes(text))).Title);
    }

    /// <summary>A drawing whose page is small is enlarged to find its edges: whatever the size, the root's clip cuts what it says.</summary>
    [Theory]
    [InlineData("clip-path='url(#half)'")]
    [InlineData("mask='url(#faded)'")]
    [InlineData("style='fill: red; clip-path: url(#half)'")]
    public async Task EffectsOfTheRootAreDrawnAsThoseOfAGroup(string effect)
    {
        const string Shapes = "<clipPath id='half'><rect x='20' y='20' width='60' height='30'/></clipPath><mask id='faded'><rect x='20' y='20' width='60' height='30' fill='white'/></mask><rect x='10' y='10' width='80' height='80'/>";

        var onRoot = await ReadAsync(Samples.Svg(Shapes, $"viewBox='0 0 100 100' width='100' height='100' {effect}"));
        var onGroup = await ReadAsync(Samples.Svg($"<g {effect}>{Shapes}</g>", "viewBox='0 0 100 100' width='100' height='100'"));

        Assert.Equal(onGroup.PictureHash, onRoot.PictureHash);
        Assert.InRange((double)onRoot.Width / onRoot.Height, 1.6, 2);
    }

    /// <summary>A box would be drawn in place of a character that no font has.</summary>
    [Theory]
    [InlineData("<text y='20'>a\uABC0b</text>", "U+ABC0")]
    [InlineData("<text y='20'>a<tspan>b<![CDATA[\uF123]]></tspan></text>", "U+F123")]
    [InlineData("<text y='20'>a</text><text y='40'>&#x12000;</text>", "U+12000")]
    public async Task TextThatNoFontHasIsRefusedWithItsCharacters(string text, string named)
    {
        var rejection = await RejectionOf(Samples.Svg($"<circle cx='50' cy='50' r='40'/>{text}"));

        Assert.StartsWith("No installed font has its text's ", rejection.Message, StringComparison.Ordinal);
        Assert.Contains(named, rejection.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TextThatAFontHasIsDrawnAndWhatIsNoTextIsNotLookedAt()
    {
        var picture = await ReadAsync(Samples.Svg("<title>\uABC0</title><rect width='100' height='100' fill='white'/><text y='60' font-size='60'>aB1 &amp;.</text>\uABC0"));

        using var image = Image.NewFromBuffer(picture.PictureBytes.ToArray());
        Assert.True(image.Min() < 60);
    }

    [Fact]
    public async Task UnknownEncodingIsNamed()
    {
        var refused = await Assert.ThrowsAsync<PictureRejectedException>(() => ReadAsync(Samples.Svg("<circle r='40'/>", prologue: "<?xml version='1.0' encoding='martian'?>")));

        Assert.Contains("martian", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task EmptyMarginsOfThePageAreCutOff()
    {
        var corner = await ReadAsync(Samples.Svg("<rect x='700' y='900' width='40' height='30' fill='#206020'/>", "width='744' height='1052'"));

        // The drawing covers 1/600 of the page and about 2/3 of the picture.
        Assert.True(Samples.MeanOf(corner.PictureBytes.ToArray())[0] < 110, "The drawing fills most of the picture.");
    }

    [Fact]
    public async Task DrawingThatFillsItsPageHasNoMargin()
    {
        var picture = await ReadAsync(Samples.Svg("<rect width='100' height='50' fill='#204080'/><rect width='50' height='50' fill='#f0c040'/>", "width='100' height='50'"));

        Assert.Equal((1024, 512), (picture.Width, picture.Height));
        using var image = Image.NewFromBuffer(picture.PictureBytes.ToArray());
        Assert.InRange(image.Getpoint(2, 2)[0], 225, 255);
        Assert.InRange(image.Getpoint(1020, 508)[2], 110, 145);
    }

    [Fact]
    public async Task PictureIsNeverLargerThanTheLimit()
    {
        foreach (var size in new[] { 5.1, 33.37, 100.001, 511.93, 900.3, 1023.5, 1024.4, 4097.7 })
        {
            var side = size.ToString(CultureInfo.InvariantCulture);
            var picture = await ReadAsync(Samples.Svg($"<rect width='{side}' height='{side}' fill='#204080'/><circle r='{side}'/>", $"width='{side}' height='{side}'"));
            Assert.InRange(Math.Max(picture.Width, picture.Height), 1000, 1024);
        }
    }

    [Fact]
    public async Task ScriptIsNeitherRunNorKept()
    {
        var plain = await ReadAsync(Samples.Svg("<rect x='10' y='10' width='80' height='60' fill='teal'/>"));
        var scripted = await ReadAsync(Samples.Svg(
            "<rect id='r' x='10' y='10' width='80' height='60' fill='teal' onload=\"this.setAttribute('fill','red')\"/><script>document.getElementById('r').setAttribute('fill','red')</script>",
            "width='100' height='100' onload=\"alert(1)\""));

        Assert.Equal(plain.PictureHash, scripted.PictureHash);
        Assert.NotEqual(plain.ContentHash, scripted.ContentHash);
        Assert.DoesNotContain("script", Encoding.Latin1.GetString(scripted.PictureBytes.Span), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("<image width='100' height='100' xlink:href='{0}'/>")]
    [InlineData("<image width='100' height='100' href='{0}'/>")]
    [InlineData("<use xlink:href='{0}#whole'/>")]
    [InlineData("<style>@import url('{0}');</style>")]
    [InlineData("<rect width='100' height='100' style=\"fill:url('{0}#paint')\"/>")]
    [InlineData("<filter id='f'><feImage href='{0}'/></filter><rect width='100' height='100' fill='none' filter='url(#f)'/>")]
    [InlineData("<foreignObject width='100' height='100'><img xmlns='http://www.w3.org/1999/xhtml' src='{0}'/></foreignObject>")]
    [InlineData("<xi:include xmlns:xi='http://www.w3.org/2001/XInclude' href='{0}'/>")]
    public async Task ExternalResourcesAreNotLoaded(string reference)
    {
        await using var server = await CountingServer.StartAsync();
        var blue = _folder.Write("blue.svg", Samples.Svg("<g id='whole'><rect width='100' height='100' fill='#0000ff'/></g>"));
        const string Content = "<rect x='45' y='45' width='10' height='10' fill='#ff0000'/>";
        foreach (var address in new[] { blue, "file://" + blue, "blue.svg", server.Address + "blue.svg", server.Address.Replace("http:", "", StringComparison.Ordinal) + "blue.svg" })
        {
            byte[] read;
            try
            {
                read = (await ReadAsync(Samples.Svg(Content + string.Format(CultureInfo.InvariantCulture, reference, address)))).PictureBytes.ToArray();
            }
            catch (PictureRejectedException)
            {
                continue;
            }

            using var image = Image.NewFromBuffer(read);
            Assert.True(BluestOf(image) < 160, $"The picture of {address} has blue in it.");
        }

        Assert.Equal(0, server.RequestCount);
    }

    [Fact]
    public async Task EmbeddedPictureIsDrawn()
    {
        using var flat = Samples.Sweep(8, 8, [0, 0, 255], [0, 0, 255]);
        var blue = Convert.ToBase64String(flat.PngsaveBuffer());

        var picture = await ReadAsync(Samples.Svg($"<rect x='45' y='45' width='10' height='10' fill='#ff0000'/><image width='100' height='100' xlink:href='data:image/png;base64,{blue}'/><rect width='9' height='9'/>"));

        using var image = Image.NewFromBuffer(picture.PictureBytes.ToArray());
        Assert.True(BluestOf(image) > 200, "The blue of an embedded picture must be detected.");
    }

    [Theory]
    [InlineData("<!DOCTYPE svg SYSTEM '{0}'>")]
    [InlineData("<!DOCTYPE svg [<!ENTITY leak SYSTEM '{0}'>]>")]
    [InlineData("<!DOCTYPE svg [<!ENTITY % outside SYSTEM '{0}'> %outside;]>")]
    [InlineData("<?xml-stylesheet type='text/css' href='{0}'?>")]
    public async Task PrologueLoadsNoExternalResources(string prologue)
    {
        await using var server = await CountingServer.StartAsync();
        var secret = _folder.Write("secret.txt", "<rect width='100' height='100' fill='#0000ff'/>");
        foreach (var address in new[] { "file://" + secret, server.Address + "x.dtd" })
        {
            var entity = prologue.Contains("leak", StringComparison.Ordinal) ? "<g>&leak;</g>" : "";
            try
            {
                var picture = await ReadAsync(Samples.Svg("<rect x='45' y='45' width='10' height='10' fill='#ff0000'/>" + entity, prologue: string.Format(CultureInfo.InvariantCulture, prologue, address)));
                using var image = Image.NewFromBuffer(picture.PictureBytes.ToArray());
                Assert.True(BluestOf(image) < 160, "The secret was drawn.");
            }
            catch (PictureRejectedException)
            {
                // Refusing the drawing is correct as well.
            }
        }

        Assert.Equal(0, server.RequestCount);
    }

    [Fact]
    public async Task EntityBombIsRefused()
    {
        var bomb = new StringBuilder("<!DOCTYPE svg [<!ENTITY a0 'lol'>");
        for (var level = 1; level < 12; level++)
        {
            bomb.Append(CultureInfo.InvariantCulture, $"<!ENTITY a{level} '{string.Concat(Enumerable.Repeat($"&a{level - 1};", 10))}'>");
        }

        var rejection = await RejectionOf(Samples.Svg("<text>&a11;</text>", prologue: bomb.Append("]>").ToString()));

        Assert.Contains("not well-formed", rejection.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task EntitiesForNamespacesAreUnderstood()
    {
        var picture = await ReadAsync(Encoding.UTF8.GetBytes(
            "<!DOCTYPE svg PUBLIC '-//W3C//DTD SVG 1.0//EN' 'http://www.w3.org/TR/2001/REC-SVG-20010904/DTD/svg10.dtd' [<!ENTITY ns_svg 'http://www.w3.org/2000/svg'>]>"
            + "<svg xmlns='&ns_svg;' width='50' height='50'><title>Named</title><rect width='20' height='20' fill='green'/></svg>"));

        Assert.Equal("Named", picture.Title);
    }

    [Theory]
    [InlineData("width='100000000' height='100000000'")]
    [InlineData("viewBox='0 0 100000000 100000000'")]
    [InlineData("width='1e30' height='1e30'")]
    public async Task PageOfAnySizeIsScaledDownOrRefused(string attributes)
    {
        try
        {
            var picture = await ReadAsync(Samples.Svg("<rect width='90%' height='90%' fill='purple'/>", attributes));
            Assert.InRange(Math.Max(picture.Width, picture.Height), 1, 1024);
        }
        catch (PictureRejectedException)
        {
            // librsvg refuses a page of this size.
        }
    }

    [Fact]
    public async Task DecompressionBombInsideADrawingIsNotDecoded()
    {
        var bomb = Convert.ToBase64String(Samples.PngThatClaims(60_000, 60_000));

        var picture = await ReadAsync(Samples.Svg($"<rect x='20' y='20' width='60' height='60' fill='orange'/><image width='100' height='100' href='data:image/png;base64,{bomb}'/>"));

        Assert.InRange(picture.Width, 1000, 1024);
    }

    public static TheoryData<string, string, string> Broken => new()
    {
        { "<svg xmlns='http://www.w3.org/2000/svg'><rect", "not well-formed", "cut short" },
        { "<svg xmlns='http://www.w3.org/2000/svg'><g></svg>", "not well-formed", "wrong nesting" },
        { "<html><body/></html>", "not SVG", "another root" },
        { "hello", "not a PNG, JPEG or WebP", "no XML" },
        { "", "not a PNG, JPEG or WebP", "empty" },
        { "<svg xmlns='http://www.w3.org/2000/svg' width='0' height='0'/>", "cannot draw it", "no size" },
        { "<svg xmlns='http://www.w3.org/2000/svg' width='10' height='10'/>", "is empty", "nothing in it" },
        { "<svg xmlns='http://www.w3.org/2000/svg' width='10' height='10'><rect width='10' height='10' fill='red'/></svg>", "only one colour", "one colour" },
        { "<svg xmlns='http://www.w3.org/2000/svg'>" + string.Concat(Enumerable.Repeat("<g>", 300)) + string.Concat(Enumerable.Repeat("</g>", 300)) + "</svg>", "nests deeper", "deep" },
        { "<svg xmlns='http://www.w3.org/2000/svg'>" + string.Concat(Enumerable.Repeat("<g/>", 200_001)) + "</svg>", "more than 200000 elements", "many elements" },
        { "<svg xmlns='http://www.w3.org/2000/svg'><!--" + new string('x', 8 * 1024 * 1024) + "--></svg>", "the limit is 8388608", "large" },
    };

    [Theory]
    [MemberData(nameof(Broken))]
    public async Task BrokenDrawingIsRejectedWithItsReason(string svg, string reason, string kind)
    {
        var rejection = await RejectionOf(Encoding.UTF8.GetBytes(svg));

        Assert.True(rejection.Message.Contains(reason, StringComparison.Ordinal), $"{kind}: {rejection.Message}");
    }

    [Fact]
    public async Task DrawingThatTakesTooLongIsRejected()
    {
        var slow = string.Concat(Enumerable.Repeat("<feMorphology operator='dilate' radius='60'/><feGaussianBlur stdDeviation='40'/><feTurbulence baseFrequency='0.9' numOctaves='9'/>", 40));
        var path = _folder.Write("slow.svg", Samples.Svg($"<filter id='f'>{slow}</filter><rect width='100' height='100' fill='red' filter='url(#f)'/>"));

        var rejection = await Assert.ThrowsAsync<PictureRejectedException>(() =>
            new PictureImporter(TimeSpan.FromMilliseconds(40), TimeProvider.System).ReadAsync(new CatalogueEntry { Path = path }, TestContext.Current.CancellationToken));

        Assert.Equal("Drawing took longer than 0.04 s.", rejection.Message);
    }

    private static double BluestOf(Image image)
    {
        using var red = image.ExtractBand(0);
        using var blue = image.ExtractBand(2);
        using var excess = blue - red;
        return excess.Max();
    }

    private Task<ImportedPicture> ReadAsync(byte[] svg) =>
        new PictureImporter(TimeSpan.FromMinutes(5), TimeProvider.System).ReadAsync(new CatalogueEntry { Path = _folder.Write("drawing.svg", svg) }, TestContext.Current.CancellationToken);

    private async Task<PictureRejectedException> RejectionOf(byte[] svg) => await Assert.ThrowsAsync<PictureRejectedException>(() => ReadAsync(svg));

    /// <summary>A web server that serves a blue picture and counts the requests.</summary>
    private sealed class CountingServer : IAsyncDisposable
    {
        private LoopbackSite? _site;
        private int _requestCount;

        public int RequestCount => Volatile.Read(ref _requestCount);

        public string Address => _site!.Address.ToString();

        public static async Task<CountingServer> StartAsync()
        {
            var server = new CountingServer();
            server._site = await LoopbackSite.StartAsync(async context =>
            {
                Interlocked.Increment(ref server._requestCount);
                context.Response.ContentType = "image/svg+xml";
                await context.Response.Body.WriteAsync(Samples.Svg("<g id='whole'><rect width='100' height='100' fill='#0000ff'/></g>"));
            });
            return server;
        }

        public ValueTask DisposeAsync() => _site!.DisposeAsync();
    }
}
