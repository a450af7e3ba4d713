using System.Globalization;
using System.Linq.Expressions;
using Lanes = System.Numerics.Vector<float>;

namespace ArtFresh.Art;

/// <summary>The colour in Oklab of a register of points. The numbers are those that the text knows as <c>net</c>, <c>pixel</c> and <c>extent</c>, the choices those of <c>choice</c>.</summary>
internal delegate void Painter(float[] numbers, int[] choices, Lanes x, Lanes y, out Lanes lightness, out Lanes a, out Lanes b);

/// <summary>
/// Compiles the text of a shader to code that runs it for a register of points at once, so that server and browser draw from one text. It knows the part of GLSL that the
/// shaders are written in: floats and their vectors, functions (which are laid in where they are called, and return at their end), counted loops, conditions. Where a
/// condition differs from point to point both ways are run, and each point keeps its own; <c>break</c> is for a loop whose further rounds change nothing.
/// </summary>
internal sealed class ShaderCompiler
{
    private sealed record Function(string Name, (int Parts, string Name)[] Parameters, int Body);

    private readonly ShaderTokens _tokens;
    private readonly ShaderScope _scope = new();
    private readonly ShaderFunctions _builtIn;
    private readonly List<Function> _functions = [];
    private readonly Stack<LabelTarget> _loops = new();
    private readonly ParameterExpression _numbers = Expression.Parameter(typeof(float[]));
    private readonly ParameterExpression _choices = Expression.Parameter(typeof(int[]));
    private ShaderValue? _returned;

    private ShaderCompiler(string text)
    {
        _tokens = new ShaderTokens(text);
        _builtIn = new ShaderFunctions(_scope);
    }

    /// <summary>Compiles the text's function <c>picture</c>.</summary>
    /// <exception cref="FormatException">The text is none that the compiler knows.</exception>
    public static Painter Compile(string text) => new ShaderCompiler(text).Compile();

    private Painter Compile()
    {
        foreach (var still in (string[])["time", "loudness", "onset", "brightness", "hue"])
        {
            _scope.Name(still, ShaderKind.Lanes, LaneMath.Constant(0));
        }

        _scope.Name("pixel", ShaderKind.Lanes, Number(Expression.Constant(BredNumbers.Pixel * 4)));
        _scope.Declare("extent", new ShaderValue(ShaderKind.Lanes, Number(Expression.Constant((BredNumbers.Pixel * 4) + 1)), Number(Expression.Constant((BredNumbers.Pixel * 4) + 2))));
        while (!_tokens.IsAtEnd)
        {
            ReadGlobal();
        }

        var (x, y) = (Expression.Parameter(typeof(Lanes)), Expression.Parameter(typeof(Lanes)));
        var outputs = Enumerable.Range(0, 3).Select(_ => Expression.Parameter(typeof(Lanes).MakeByRefType())).ToArray();
        var colour = Call("picture", [new ShaderValue(ShaderKind.Lanes, x, y)]);
        foreach (var (index, output) in outputs.Index())
        {
            _scope.Emit(Expression.Assign(output, colour.Parts[index]));
        }

        _scope.Emit(Expression.Empty());
        return Expression.Lambda<Painter>(_scope.ToBody(), [_numbers, _choices, x, y, .. outputs]).Compile();
    }

    private NewExpression Number(Expression index) => (NewExpression)LaneMath.All(Expression.ArrayIndex(_numbers, index));

    private static int PartsOf(string type) => type switch
    {
        "void" => 0,
        "float" => 1,
        "vec2" => 2,
        "vec3" => 3,
        "vec4" => 4,
        _ => throw new FormatException($"'{type}' is no type of the language."),
    };

    private void ReadGlobal()
    {
        _tokens.Skip("const");
        if (_tokens.Peek(2) != "(")
        {
            ReadDeclaration();
            return;
        }

        PartsOf(_tokens.Next());
        var name = _tokens.Next();
        _tokens.Expect("(");
        var parameters = new List<(int, string)>();
        while (!_tokens.Skip(")"))
        {
            parameters.Add((PartsOf(_tokens.Next()), _tokens.Next()));
            _tokens.Skip(",");
        }

        if (_tokens.Skip(";"))
        {
            return;
        }

        _functions.Add(new Function(name, [.. parameters], _tokens.At));
        _tokens.SkipBlock();
    }

    private void ReadDeclaration()
    {
        var parts = PartsOf(_tokens.Next());
        do
        {
            var name = _tokens.Next();
            var value = _tokens.Skip("=") ? ReadValue() : new ShaderValue(ShaderKind.Lanes, [.. Enumerable.Repeat(LaneMath.Constant(0), parts)]);
            _scope.Declare(name, value.Parts.Length == parts ? value : throw new FormatException($"'{name}' has {parts} parts, its value {value.Parts.Length}."));
        }
        while (_tokens.Skip(","));
        _tokens.Expect(";");
    }

    private void ReadBlock() => _scope.Nest(() =>
    {
        if (!_tokens.Skip("{"))
        {
            ReadStatement();
            return;
        }

        while (!_tokens.Skip("}"))
        {
            ReadStatement();
        }
    });

    private void ReadStatement()
    {
        switch (_tokens.Peek())
        {
            case "float" or "vec2" or "vec3" or "vec4":
                ReadDeclaration();
                break;
            case "for":
                ReadLoop();
                break;
            case "if":
                ReadCondition();
                break;
            case "return":
                _tokens.Next();
                _returned = _scope.Kept(ReadValue());
                _tokens.Expect(";");
                break;
            case var _ when _tokens.Peek(1) == "(":
                ReadValue();
                _tokens.Expect(";");
                break;
            default:
                ReadAssignment();
                break;
        }
    }

    private void ReadAssignment()
    {
        var name = _tokens.Next();
        var target = _scope.Read(name);
        var indices = Enumerable.Range(0, target.Parts.Length).ToArray();
        if (_tokens.Skip("."))
        {
            indices = Indices(_tokens.Next());
            target = new ShaderValue(target.Kind, [.. indices.Select(index => target.Parts[index])]);
        }

        var sign = _tokens.Next();
        var value = ReadValue();
        value = sign switch
        {
            "=" => value,
            "+=" or "-=" or "*=" or "/=" => ShaderSigns.Combine(_scope, sign[..1], target, value),
            _ => throw new FormatException($"'{name} {sign}' is no statement."),
        };
        _scope.Assign(name, indices, value);
        _tokens.Expect(";");
    }

    private void ReadLoop()
    {
        _tokens.Next();
        _tokens.Expect("(");
        _tokens.Expect("int");
        var name = _tokens.Next();
        _tokens.Expect("=");
        var counter = _scope.Local(typeof(int));
        _scope.Emit(Expression.Assign(counter, ReadValue().Only));
        _scope.Nest(() =>
        {
            _scope.Name(name, ShaderKind.Whole, counter);
            _tokens.Expect(";");
            var goesOn = ReadValue().Only;
            _tokens.Expect(";");
            _tokens.Expect(name);
            _tokens.Expect("++");
            _tokens.Expect(")");
            _loops.Push(Expression.Label());
            var round = _scope.Collect(ReadBlock);
            var leave = _loops.Pop();
            _scope.Emit(Expression.Loop(
                Expression.Block(Expression.IfThen(Expression.Not(goesOn), Expression.Break(leave)), round, Expression.PreIncrementAssign(counter)), leave));
        });
    }

    private void ReadCondition()
    {
        _tokens.Next();
        _tokens.Expect("(");
        var condition = ReadValue();
        _tokens.Expect(")");
        if (_tokens.Skip("break"))
        {
            _tokens.Expect(";");
            var all = _scope.Mask is { } mask ? Expression.Or(condition.Only, Expression.OnesComplement(mask)) : condition.Only;
            var isDone = condition.Kind == ShaderKind.Truth ? condition.Only : Expression.Call(typeof(Wide), nameof(Wide.IsEverywhere), null, all);
            _scope.Emit(Expression.IfThen(isDone, Expression.Break(_loops.Peek())));
        }
        else if (condition.Kind == ShaderKind.Truth)
        {
            var yes = _scope.Collect(ReadBlock);
            var no = _tokens.Skip("else") ? _scope.Collect(ReadBlock) : Expression.Block(typeof(void), Expression.Empty());
            _scope.Emit(Expression.IfThenElse(condition.Only, yes, no));
        }
        else
        {
            var chosen = _scope.Kept(condition).Only;
            _scope.Under(chosen, ReadBlock);
            if (_tokens.Skip("else"))
            {
                _scope.Under(Expression.OnesComplement(chosen), ReadBlock);
            }
        }
    }

    private ShaderValue Call(string name, ShaderValue[] given)
    {
        if (name == "shape")
        {
            return new ShaderValue(ShaderKind.Lanes, Number(Expression.Add(given[0].Only, Expression.Constant(BredNumbers.Shape * 4))));
        }

        if (name == "noise")
        {
            // A method of its own: it is called so often that the code would grow beyond what the runtime optimizes.
            var offset = Enumerable.Range(0, 2).Select(part => Number(Expression.Constant((BredNumbers.Place * 4) + part)));
            return new ShaderValue(ShaderKind.Lanes, LaneMath.Call(nameof(Wide.Noise), [.. given[0].Parts, .. offset]));
        }

        var sizes = given.Select(value => value.Parts.Length).ToArray();
        var function = _functions.Find(known => known.Name == name && known.Parameters.Select(parameter => parameter.Parts).SequenceEqual(sizes));
        if (function is null)
        {
            return _builtIn.Call(name, given) ?? throw new FormatException($"There is no function '{name}' of {given.Length}.");
        }

        var back = _tokens.At;
        _tokens.At = function.Body;
        _returned = null;
        _scope.Enter(() =>
        {
            foreach (var ((_, parameter), value) in function.Parameters.Zip(given))
            {
                _scope.Declare(parameter, value);
            }

            ReadBlock();
        });
        _tokens.At = back;
        var answer = _returned ?? new ShaderValue(ShaderKind.Lanes);
        _returned = null;
        return answer;
    }

    private ShaderValue ReadValue()
    {
        var condition = ReadBinary(0);
        if (!_tokens.Skip("?"))
        {
            return condition;
        }

        condition = _scope.Kept(condition);
        var yes = ReadValue();
        _tokens.Expect(":");
        var no = ReadValue();
        var parts = Enumerable.Range(0, Math.Max(yes.Parts.Length, no.Parts.Length)).Select(index => condition.Kind == ShaderKind.Truth
            ? Expression.Condition(condition.Only, yes.Part(index), no.Part(index))
            : ShaderFunctions.Choose(condition.Only, yes.Part(index), no.Part(index)));
        return new ShaderValue(yes.Kind, [.. parts]);
    }

    private static readonly string[][] Precedence = [["||"], ["&&"], ["==", "!="], ["<", ">", "<=", ">="], ["+", "-"], ["*", "/", "%"]];

    private ShaderValue ReadBinary(int level)
    {
        if (level == Precedence.Length)
        {
            return ReadUnary();
        }

        var value = ReadBinary(level + 1);
        while (Precedence[level].Contains(_tokens.Peek()))
        {
            value = ShaderSigns.Combine(_scope, _tokens.Next(), value, ReadBinary(level + 1));
        }

        return value;
    }

    private ShaderValue ReadUnary()
    {
        if (_tokens.Skip("-"))
        {
            var value = ReadUnary();
            return value.Kind == ShaderKind.Whole
                ? new ShaderValue(ShaderKind.Whole, Expression.Negate(value.Only))
                : new ShaderValue(ShaderKind.Lanes, [.. value.Parts.Select(part => LaneMath.Subtract(LaneMath.Constant(0), part))]);
        }

        if (_tokens.Skip("!"))
        {
            var value = ReadUnary();
            return value with { Parts = [value.Kind == ShaderKind.Mask ? Expression.OnesComplement(value.Only) : Expression.Not(value.Only)] };
        }

        var read = ReadPrimary();
        while (_tokens.Skip("."))
        {
            read = new ShaderValue(read.Kind, [.. Indices(_tokens.Next()).Select(index => read.Parts[index])]);
        }

        return read;
    }

    private ShaderValue ReadPrimary()
    {
        var token = _tokens.Next();
        if (token == "(")
        {
            var inner = ReadValue();
            _tokens.Expect(")");
            return inner;
        }

        if (char.IsDigit(token[0]))
        {
            return token.Contains('.', StringComparison.Ordinal)
                ? ShaderValue.Of(float.Parse(token, CultureInfo.InvariantCulture))
                : new ShaderValue(ShaderKind.Whole, Expression.Constant(int.Parse(token, CultureInfo.InvariantCulture)));
        }

        if (_tokens.Skip("["))
        {
            var index = ReadValue().Only;
            _tokens.Expect("]");
            return token == "choice"
                ? new ShaderValue(ShaderKind.Whole, Expression.ArrayIndex(_choices, index))
                : new ShaderValue(ShaderKind.Lanes, [.. Enumerable.Range(0, 4).Select(part => Number(Expression.Add(Expression.Multiply(index, Expression.Constant(4)), Expression.Constant(part))))]);
        }

        return _tokens.Skip("(") ? Call(token, ReadArguments()) : _scope.Read(token);
    }

    private ShaderValue[] ReadArguments()
    {
        var given = new List<ShaderValue>();
        while (!_tokens.Skip(")"))
        {
            given.Add(ReadValue());
            _tokens.Skip(",");
        }

        return [.. given];
    }

    private static int[] Indices(string swizzle) => [.. swizzle.Select(letter => "xyzw".IndexOf(letter, StringComparison.Ordinal))];
}
