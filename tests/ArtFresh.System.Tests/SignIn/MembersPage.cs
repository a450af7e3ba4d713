using System.Text;
using System.Text.RegularExpressions;
using ArtFresh.TestWorld;

namespace ArtFresh.SystemTests.SignIn;

/// <summary>The player with the sign-in of the library's README: its example as it stands, but for the issuer's address, with buttons to sign in and out.</summary>
internal sealed partial class MembersPage
{
    public const string Path = "members";

    private const string ExampleIssuer = "https://id.example.org";

    private const string Rest = """
        import { Exhibition } from "PLAYER/exhibition.ts";
        const exhibition = new Exhibition(client);
        Object.defineProperty(window, "artfresh", { value: { client, player: exhibition.player } });
        document.querySelector("#sign-in-here").onclick = () => users.signinPopup();
        document.querySelector("#sign-out").onclick = () => users.removeUser();
        """;

    private const string Buttons = """
        <nav style="position:fixed;inset:0 auto auto 0;z-index:9"><button id="sign-in">In</button><button id="sign-in-here">In, here</button><button id="sign-out">Out</button></nav>
        """;

    private readonly string _html;
    private readonly string _script;

    private MembersPage(string html, string script) => (_html, _script) = (html, script);

    public static async Task<MembersPage> BuildAsync(Uri issuer)
    {
        var web = System.IO.Path.Combine(ServerProcess.Repository, "src");
        var example = (await ReadmeExamples.ReadAsync()).Single(code => code.Contains(ExampleIssuer, StringComparison.Ordinal));
        var code = example.Replace(ExampleIssuer, issuer.AbsoluteUri, StringComparison.Ordinal)
            + Rest.Replace("PLAYER", System.IO.Path.Combine(web, "player", "src"), StringComparison.Ordinal);
        var html = await File.ReadAllTextAsync(System.IO.Path.Combine(ServerProcess.PlayerDirectory, "index.html"));
        return new MembersPage(
            Scripts().Replace(html, "").Replace("</body>", $"{Buttons}<script type=module src=/{Path}.js></script></body>", StringComparison.Ordinal),
            await ReadmeExamples.BundleAsync(code));
    }

    /// <summary>The page, its script, and where the issuer sends the browser back to; null for what is the server's.</summary>
    public byte[]? Find(string path) => path switch
    {
        "/" + Path or "/signed-in" => Encoding.UTF8.GetBytes(_html),
        "/" + Path + ".js" => Encoding.UTF8.GetBytes(_script),
        _ => null,
    };

    [GeneratedRegex(@"<script type=""module""[^>]*></script>|<link rel=""modulepreload""[^>]*>")]
    private static partial Regex Scripts();
}
