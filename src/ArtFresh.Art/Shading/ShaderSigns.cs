using System.Linq.Expressions;
using System.Numerics;

namespace ArtFresh.Art;

/// <summary>What the signs between two values mean.</summary>
internal static class ShaderSigns
{
    public static ShaderValue Combine(ShaderScope scope, string sign, ShaderValue left, ShaderValue right)
    {
        if (left.Kind != ShaderKind.Lanes)
        {
            return Plain(sign, left, right);
        }

        if (sign is "<" or ">" or "<=" or ">=")
        {
            var name = sign switch { "<" => nameof(Vector.LessThan), ">" => nameof(Vector.GreaterThan), "<=" => nameof(Vector.LessThanOrEqual), _ => nameof(Vector.GreaterThanOrEqual) };
            return new ShaderValue(ShaderKind.Mask, LaneMath.Call(name, left.Only, right.Only));
        }

        Func<Expression, Expression, Expression> of = sign switch
        {
            "+" => LaneMath.Add,
            "-" => LaneMath.Subtract,
            "*" => LaneMath.Multiply,
            "/" => LaneMath.Divide,
            _ => throw new FormatException($"'{sign}' is not for floats."),
        };
        var parts = Math.Max(left.Parts.Length, right.Parts.Length);
        (left, right) = (left.Parts.Length < parts ? scope.Kept(left) : left, right.Parts.Length < parts ? scope.Kept(right) : right);
        return new ShaderValue(ShaderKind.Lanes, [.. Enumerable.Range(0, parts).Select(index => of(left.Part(index), right.Part(index)))]);
    }

    private static ShaderValue Plain(string sign, ShaderValue left, ShaderValue right)
    {
        var (a, b) = (left.Only, right.Only);
        var isMask = left.Kind == ShaderKind.Mask;
        return sign switch
        {
            "+" => new(ShaderKind.Whole, Expression.Add(a, b)),
            "-" => new(ShaderKind.Whole, Expression.Subtract(a, b)),
            "*" => new(ShaderKind.Whole, Expression.Multiply(a, b)),
            "/" => new(ShaderKind.Whole, Expression.Divide(a, b)),
            "%" => new(ShaderKind.Whole, Expression.Modulo(a, b)),
            "<" => new(ShaderKind.Truth, Expression.LessThan(a, b)),
            ">" => new(ShaderKind.Truth, Expression.GreaterThan(a, b)),
            "<=" => new(ShaderKind.Truth, Expression.LessThanOrEqual(a, b)),
            ">=" => new(ShaderKind.Truth, Expression.GreaterThanOrEqual(a, b)),
            "==" => new(ShaderKind.Truth, Expression.Equal(a, b)),
            "!=" => new(ShaderKind.Truth, Expression.NotEqual(a, b)),
            "&&" => new(left.Kind, isMask ? Expression.And(a, b) : Expression.AndAlso(a, b)),
            "||" => new(left.Kind, isMask ? Expression.Or(a, b) : Expression.OrElse(a, b)),
            _ => throw new FormatException($"'{sign}' is no sign of the language."),
        };
    }
}
