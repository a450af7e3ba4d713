using System.Linq.Expressions;
using System.Numerics;
using Lanes = System.Numerics.Vector<float>;

namespace ArtFresh.Art;

/// <summary>What a shader's expression is, apart from how many parts it has.</summary>
internal enum ShaderKind
{
    /// <summary>A float of each point.</summary>
    Lanes,

    /// <summary>A truth of each point.</summary>
    Mask,

    /// <summary>A whole number that is the same for all points.</summary>
    Whole,

    /// <summary>A truth that is the same for all points.</summary>
    Truth,
}

/// <summary>A shader's value: a vector has an expression for each of its parts, so that vectors cost nothing.</summary>
internal readonly record struct ShaderValue(ShaderKind Kind, params Expression[] Parts)
{
    public Expression Only => Parts.Length == 1 ? Parts[0] : throw new FormatException("A vector stands where a number is meant.");

    /// <summary>The part at an index; a number is all parts of any vector.</summary>
    public Expression Part(int index) => Parts.Length == 1 ? Parts[0] : Parts[index];

    public static ShaderValue Of(float value) => new(ShaderKind.Lanes, LaneMath.Constant(value));
}

/// <summary>Arithmetic of registers as expressions; what is known when it is compiled costs nothing when it runs.</summary>
internal static class LaneMath
{
    private static readonly System.Reflection.ConstructorInfo Spread = typeof(Lanes).GetConstructor([typeof(float)])!;

    /// <summary>A number in all lanes.</summary>
    public static Expression All(Expression number) => Expression.New(Spread, number);

    public static Expression Constant(float value) => All(Expression.Constant(value));

    public static bool IsConstant(Expression expression, out float value)
    {
        var constant = expression is NewExpression { Arguments: [ConstantExpression { Value: float known }] } ? known : (float?)null;
        value = constant ?? 0;
        return constant is not null;
    }

    public static Expression Add(Expression a, Expression b) => (IsConstant(a, out var x), IsConstant(b, out var y)) switch
    {
        (true, true) => Constant(x + y),
        (true, _) when x == 0 => b,
        (_, true) when y == 0 => a,
        _ when a is BinaryExpression { NodeType: ExpressionType.Multiply } product => Call(nameof(Vector.FusedMultiplyAdd), product.Left, product.Right, b),
        _ when b is BinaryExpression { NodeType: ExpressionType.Multiply } product => Call(nameof(Vector.FusedMultiplyAdd), product.Left, product.Right, a),
        _ => Expression.Add(a, b),
    };

    public static Expression Subtract(Expression a, Expression b) => (IsConstant(a, out var x), IsConstant(b, out var y)) switch
    {
        (true, true) => Constant(x - y),
        (_, true) when y == 0 => a,
        _ => Expression.Subtract(a, b),
    };

    public static Expression Multiply(Expression a, Expression b) => (IsConstant(a, out var x), IsConstant(b, out var y)) switch
    {
        (true, true) => Constant(x * y),
        (true, _) when x == 0 => a,
        (_, true) when y == 0 => b,
        (true, _) when x == 1 => b,
        (_, true) when y == 1 => a,
        _ => Expression.Multiply(a, b),
    };

    public static Expression Divide(Expression a, Expression b) => (IsConstant(a, out var x), IsConstant(b, out var y)) switch
    {
        (true, true) => Constant(x / y),
        (true, _) when x == 0 => a,
        (_, true) => Multiply(a, Constant(1 / y)),
        _ => Expression.Divide(a, b),
    };

    /// <summary>A method of <see cref="Vector"/>, or else of <see cref="Wide"/>, for floats.</summary>
    public static Expression Call(string name, params Expression[] arguments)
    {
        if (arguments.All(argument => IsConstant(argument, out var value) && value == 0) && name is nameof(Wide.Wave) or nameof(Vector.Abs) or nameof(Vector.Floor))
        {
            return arguments[0];
        }

        var types = arguments.Select(argument => argument.Type).ToArray();
        const System.Reflection.BindingFlags Any = System.Reflection.BindingFlags.Static | System.Reflection.BindingFlags.Public;
        var method = typeof(Vector).GetMethod(name, types)
            ?? typeof(Wide).GetMethod(name, Any, types)
            ?? typeof(Vector).GetMethods().Where(candidate => candidate.Name == name && candidate.IsGenericMethodDefinition && candidate.GetGenericArguments().Length == 1)
                .Select(candidate => candidate.MakeGenericMethod(typeof(float)))
                .Single(candidate => candidate.GetParameters().Select(parameter => parameter.ParameterType).SequenceEqual(types));
        return Expression.Call(method, arguments);
    }
}
