using System.Linq.Expressions;
using System.Numerics;

namespace ArtFresh.Art;

/// <summary>The functions that the shading language brings along.</summary>
internal sealed class ShaderFunctions(ShaderScope scope)
{
    private static readonly Dictionary<string, string> OfOne = new()
    {
        ["abs"] = nameof(Vector.Abs),
        ["floor"] = nameof(Vector.Floor),
        ["sqrt"] = nameof(Vector.SquareRoot),
        ["log2"] = nameof(Vector.Log2),
        ["exp"] = nameof(Wide.Exp),
        ["exp2"] = nameof(Wide.Exp2),
        ["wave"] = nameof(Wide.Wave),
        ["soft"] = nameof(Wide.Soft),
        ["bell"] = nameof(Wide.Bell),
    };

    /// <summary>The value of a function; null if the language has none of that name.</summary>
    public ShaderValue? Call(string name, ShaderValue[] given)
    {
        if (OfOne.TryGetValue(name, out var method))
        {
            return Each(given, parts => LaneMath.Call(method, parts));
        }

        return name switch
        {
            "float" => new ShaderValue(ShaderKind.Lanes, LanesOf(given[0])),
            "vec2" => Joined(given, 2),
            "vec3" => Joined(given, 3),
            "vec4" => Joined(given, 4),
            "fract" => Each(Kept(given), parts => LaneMath.Subtract(parts[0], LaneMath.Call(nameof(Vector.Floor), parts[0]))),
            "sign" => Each(Kept(given), parts => Choose(Less(parts[0], Zero), LaneMath.Constant(-1), Choose(Less(Zero, parts[0]), LaneMath.Constant(1), Zero))),
            "min" => Each(given, parts => Min(parts[0], parts[1])),
            "max" => Each(given, parts => Max(parts[0], parts[1])),
            "clamp" => Each(given, parts => Min(Max(parts[0], parts[1]), parts[2])),
            "step" => Each(given, parts => Choose(Less(parts[1], parts[0]), Zero, LaneMath.Constant(1))),
            "mod" => Each(Kept(given), parts => LaneMath.Subtract(parts[0], LaneMath.Multiply(parts[1], LaneMath.Call(nameof(Vector.Floor), LaneMath.Divide(parts[0], parts[1]))))),
            "mix" => Each(Kept(given), parts => LaneMath.Add(LaneMath.Multiply(LaneMath.Subtract(parts[1], parts[0]), parts[2]), parts[0])),
            "pow" => Each(given, parts => LaneMath.Call(nameof(Wide.Exp2), LaneMath.Multiply(LaneMath.Call(nameof(Vector.Log2), parts[0]), parts[1]))),
            "smoothstep" => Each(Kept(given), parts => Smooth(parts[0], parts[1], parts[2])),
            "dot" => new ShaderValue(ShaderKind.Lanes, Dot(scope.Kept(given[0]), scope.Kept(given[1]))),
            "length" => new ShaderValue(ShaderKind.Lanes, Length(scope.Kept(given[0]))),
            "normalize" => Normal(scope.Kept(given[0])),
            "cross" => Cross(scope.Kept(given[0]), scope.Kept(given[1])),
            "angle" => new ShaderValue(ShaderKind.Lanes, LaneMath.Call(nameof(Wide.Angle), given[0].Part(1), given[0].Part(0))),
            "hashed" => Hashed(given[0]),
            _ => null,
        };
    }

    /// <summary>The values as floats of each point: a whole number in all lanes.</summary>
    public static Expression LanesOf(ShaderValue value) =>
        value.Kind == ShaderKind.Whole ? LaneMath.All(Expression.Convert(value.Only, typeof(float))) : value.Only;

    /// <summary>One of two for each point, by a mask.</summary>
    public static Expression Choose(Expression mask, Expression yes, Expression no) => LaneMath.Call(nameof(Vector.ConditionalSelect), mask, yes, no);

    public static Expression Less(Expression a, Expression b) => LaneMath.Call(nameof(Vector.LessThan), a, b);

    private static Expression Zero => LaneMath.Constant(0);

    private static Expression Min(Expression a, Expression b) => LaneMath.Call(nameof(Vector.Min), a, b);

    private static Expression Max(Expression a, Expression b) => LaneMath.Call(nameof(Vector.Max), a, b);

    private static ShaderValue Each(ShaderValue[] given, Func<Expression[], Expression> of)
    {
        var parts = given.Max(value => value.Parts.Length);
        return new ShaderValue(ShaderKind.Lanes, [.. Enumerable.Range(0, parts).Select(index => of([.. given.Select(value => value.Part(index))]))]);
    }

    private ShaderValue[] Kept(ShaderValue[] given) => [.. given.Select(scope.Kept)];

    private ShaderValue Joined(ShaderValue[] given, int parts)
    {
        var all = given.SelectMany(value => value.Kind == ShaderKind.Whole ? [LanesOf(value)] : value.Parts).ToArray();
        return all.Length == 1
            ? new ShaderValue(ShaderKind.Lanes, [.. Enumerable.Repeat(scope.Kept(all[0]), parts)])
            : new ShaderValue(ShaderKind.Lanes, [.. all.Take(parts)]);
    }

    private Expression Smooth(Expression from, Expression to, Expression value)
    {
        var share = scope.Kept(Min(Max(LaneMath.Divide(LaneMath.Subtract(value, from), LaneMath.Subtract(to, from)), Zero), LaneMath.Constant(1)));
        return LaneMath.Multiply(LaneMath.Multiply(share, share), LaneMath.Subtract(LaneMath.Constant(3), LaneMath.Add(share, share)));
    }

    private static Expression Dot(ShaderValue a, ShaderValue b) =>
        a.Parts.Select((part, index) => LaneMath.Multiply(part, b.Part(index))).Aggregate(LaneMath.Add);

    private static Expression Length(ShaderValue value) => LaneMath.Call(nameof(Vector.SquareRoot), Dot(value, value));

    private ShaderValue Normal(ShaderValue value)
    {
        var length = scope.Kept(Length(value));
        return new ShaderValue(ShaderKind.Lanes, [.. value.Parts.Select(part => LaneMath.Divide(part, length))]);
    }

    private static ShaderValue Cross(ShaderValue a, ShaderValue b)
    {
        Expression Part(int first, int second) =>
            LaneMath.Subtract(LaneMath.Multiply(a.Parts[first], b.Parts[second]), LaneMath.Multiply(a.Parts[second], b.Parts[first]));
        return new ShaderValue(ShaderKind.Lanes, Part(1, 2), Part(2, 0), Part(0, 1));
    }

    private ShaderValue Hashed(ShaderValue cell)
    {
        var bits = scope.Kept(Expression.Call(typeof(Wide), nameof(Wide.Bits), null, cell.Part(0), cell.Part(1)));
        return new ShaderValue(ShaderKind.Lanes, [.. Enumerable.Range(0, 4).Select(index => Expression.Call(typeof(Wide), nameof(Wide.Unit), null, bits, Expression.Constant(Wide.UnitFactors[index])))]);
    }
}
