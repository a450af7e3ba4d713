using System.Linq.Expressions;
using System.Numerics;

namespace ArtFresh.Art;

/// <summary>The variables and statements of a function that is being compiled.</summary>
internal sealed class ShaderScope
{
    /// <summary>A variable, and under how many conditions it was declared.</summary>
    private sealed record Variable(ShaderKind Kind, Expression[] Parts, int Conditions);

    private readonly List<ParameterExpression> _locals = [];
    private readonly Stack<List<Expression>> _statements = new([[]]);
    private readonly Stack<Expression> _conditions = new();
    private readonly Stack<Dictionary<string, Variable>> _names = new([[]]);

    /// <summary>Adds a statement.</summary>
    public void Emit(Expression statement) => _statements.Peek().Add(statement);

    /// <summary>All statements, as the body of the function.</summary>
    public BlockExpression ToBody() => Expression.Block(_locals, _statements.Single());

    /// <summary>What the reader emits, as one expression.</summary>
    public BlockExpression Collect(Action read)
    {
        _statements.Push([]);
        read();
        return Expression.Block(typeof(void), _statements.Pop());
    }

    /// <summary>Reads what happens only where a mask is set. Its statements run everywhere, and change variables of outside only there.</summary>
    public void Under(Expression mask, Action read)
    {
        _conditions.Push(Kept(_conditions.TryPeek(out var outer) ? Expression.And(mask, outer) : mask));
        read();
        _conditions.Pop();
    }

    /// <summary>The mask that holds here; null where all points do the same.</summary>
    public Expression? Mask => _conditions.TryPeek(out var mask) ? mask : null;

    /// <summary>Reads with names of its own.</summary>
    public void Nest(Action read)
    {
        _names.Push(new(_names.Peek()));
        read();
        _names.Pop();
    }

    /// <summary>Reads a function, which sees its parameters and the globals.</summary>
    public void Enter(Action read)
    {
        _names.Push(new(_names.Last()));
        read();
        _names.Pop();
    }

    public bool IsKnown(string name) => _names.Peek().ContainsKey(name);

    public ShaderValue Read(string name) => _names.Peek().TryGetValue(name, out var variable)
        ? new ShaderValue(variable.Kind, variable.Parts)
        : throw new FormatException($"Nothing is named '{name}'.");

    /// <summary>Declares a variable with its value.</summary>
    public void Declare(string name, ShaderValue value)
    {
        var parts = value.Parts.Select(Stored).ToArray<Expression>();
        _names.Peek()[name] = new Variable(value.Kind, parts, _conditions.Count);
    }

    /// <summary>Names an expression that nothing is assigned to.</summary>
    public void Name(string name, ShaderKind kind, Expression part) => _names.Peek()[name] = new Variable(kind, [part], _conditions.Count);

    /// <summary>Assigns to the parts of a variable at these indices.</summary>
    public void Assign(string name, int[] indices, ShaderValue value)
    {
        var variable = _names.Peek()[name];
        // All are read before the first is written: p = p.yx.
        var parts = indices.Select((_, at) => indices.Length > 1 ? Kept(value.Part(at), isCopied: true) : value.Part(at)).ToArray();
        foreach (var (at, index) in indices.Index())
        {
            var target = variable.Parts[index];
            var isMasked = variable.Conditions < _conditions.Count;
            Emit(Expression.Assign(target, isMasked ? LaneMath.Call(nameof(Vector.ConditionalSelect), Mask!, parts[at], target) : parts[at]));
        }
    }

    /// <summary>An expression that may be used more than once.</summary>
    public Expression Kept(Expression expression, bool isCopied = false) =>
        LaneMath.IsConstant(expression, out _) || expression is ConstantExpression || (!isCopied && expression is ParameterExpression) ? expression : Stored(expression);

    /// <summary>A value that may be used more than once.</summary>
    public ShaderValue Kept(ShaderValue value) => value with { Parts = [.. value.Parts.Select(part => Kept(part))] };

    /// <summary>A new local of that type.</summary>
    public ParameterExpression Local(Type type)
    {
        var local = Expression.Variable(type);
        _locals.Add(local);
        return local;
    }

    private ParameterExpression Stored(Expression expression)
    {
        var local = Local(expression.Type);
        Emit(Expression.Assign(local, expression));
        return local;
    }
}
