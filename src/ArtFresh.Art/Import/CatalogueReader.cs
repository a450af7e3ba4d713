namespace ArtFresh.Art;

/// <summary>Reads a catalogue: a folder of pictures, or a CSV that lists them.</summary>
public static class CatalogueReader
{
    private static readonly HashSet<string> Extensions = new(StringComparer.OrdinalIgnoreCase) { ".svg", ".png", ".jpg", ".jpeg", ".webp" };

    /// <summary>Pictures that are not read: a folder of them must not look like an empty one.</summary>
    private static readonly HashSet<string> OtherPictures = new(StringComparer.OrdinalIgnoreCase)
    {
        ".svgz", ".gif", ".avif", ".apng", ".bmp", ".tif", ".tiff", ".heic", ".heif", ".jxl", ".jp2", ".ico", ".eps", ".ai", ".pdf", ".psd", ".xcf",
    };

    /// <summary>
    /// Lists a catalogue, lazily and always in the same order. A folder: every picture in it and below, by path (ordinal); links to files are
    /// followed if they stay inside the folder, links to folders never. A CSV (<c>.csv</c>): its rows, with the header
    /// <c>file,title,author,source,licence,collection,digitalSourceType,valence,energy</c>, of which only <c>file</c> is required.
    /// </summary>
    /// <param name="path">A folder or a <c>.csv</c> file.</param>
    /// <param name="onFault">Called for each entry that is skipped, with the reason.</param>
    /// <exception cref="FileNotFoundException">There is neither a folder nor a CSV at <paramref name="path"/>.</exception>
    public static IEnumerable<CatalogueEntry> Read(string path, Action<CatalogueFault> onFault)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        ArgumentNullException.ThrowIfNull(onFault);
        var full = System.IO.Path.GetFullPath(path);
        if (Directory.Exists(full))
        {
            return ReadFolder(RealPath(full), onFault);
        }

        if (File.Exists(full) && System.IO.Path.GetExtension(full).Equals(".csv", StringComparison.OrdinalIgnoreCase))
        {
            return CatalogueCsv.Read(full, onFault);
        }

        throw new FileNotFoundException("A catalogue must be a folder or a .csv file; neither exists at this path.", path);
    }

    /// <summary>Whether a file name has the extension of a picture.</summary>
    internal static bool IsPictureName(string path) => Extensions.Contains(System.IO.Path.GetExtension(path));

    /// <summary>Why a file must not be read as part of the catalogue in <paramref name="root"/>; null if it may.</summary>
    internal static string? RefusalOf(FileInfo file, string root)
    {
        if (file is { Exists: false, LinkTarget: null })
        {
            return IsInside(RealPath(file.FullName), root) ? "The file does not exist." : "The file is outside the catalogue's folder.";
        }

        FileSystemInfo? target;
        try
        {
            target = file.ResolveLinkTarget(returnFinalTarget: true);
        }
        catch (IOException)
        {
            return "The link is broken.";
        }

        var real = RealPath(target?.FullName ?? file.FullName);
        if (!IsInside(real, root))
        {
            return "The file is outside the catalogue's folder.";
        }

        // Pipes and devices have no length, and opening one may never return.
        return File.Exists(real) ? new FileInfo(real).Length > 0 ? null : "The file is empty, or not a regular file." : "The file does not exist.";
    }

    /// <summary>The path with all links resolved, including those of parent folders.</summary>
    internal static string RealPath(string path)
    {
        var full = System.IO.Path.GetFullPath(path);
        var root = System.IO.Path.GetPathRoot(full)!;
        var real = root;
        foreach (var part in full[root.Length..].Split(System.IO.Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries))
        {
            real = System.IO.Path.Combine(real, part);
            if (Directory.Exists(real) && new DirectoryInfo(real).ResolveLinkTarget(returnFinalTarget: true) is { } target)
            {
                real = target.FullName;
            }
        }

        return real;
    }

    private static bool IsInside(string path, string root) =>
        path.StartsWith(root.TrimEnd(System.IO.Path.DirectorySeparatorChar) + System.IO.Path.DirectorySeparatorChar, StringComparison.Ordinal);

    private static IEnumerable<CatalogueEntry> ReadFolder(string root, Action<CatalogueFault> onFault)
    {
        var pending = new Stack<string>([root]);
        while (pending.TryPop(out var directory))
        {
            FileSystemInfo[] content;
            try
            {
                content = new DirectoryInfo(directory).GetFileSystemInfos();
            }
            catch (Exception closed) when (closed is UnauthorizedAccessException or IOException)
            {
                onFault(new CatalogueFault(directory, "The folder cannot be read."));
                continue;
            }

            Array.Sort(content, (left, right) => string.CompareOrdinal(left.Name, right.Name));
            foreach (var file in content.OfType<FileInfo>().Where(file => IsPictureName(file.Name) || OtherPictures.Contains(file.Extension)))
            {
                if (OtherPictures.Contains(file.Extension))
                {
                    onFault(new CatalogueFault(file.FullName, $"{file.Extension} files are not read: convert it to SVG, PNG, JPEG or WebP."));
                }
                else if (RefusalOf(file, root) is { } refusal)
                {
                    onFault(new CatalogueFault(file.FullName, refusal));
                }
                else
                {
                    yield return new CatalogueEntry { Path = file.FullName };
                }
            }

            // Reversed, because a stack returns the last item first.
            foreach (var below in content.OfType<DirectoryInfo>().Where(below => below.LinkTarget is null).Reverse())
            {
                pending.Push(below.FullName);
            }
        }
    }
}
