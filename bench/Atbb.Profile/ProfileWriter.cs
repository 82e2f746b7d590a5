using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;

namespace Atbb.Profile;

/// <summary>
/// Writes methods as a profile that the compiler of <c>dotnet publish</c> takes (.mibc): an assembly whose global methods name methods, grouped by the assemblies that they need. Source:
/// https://github.com/dotnet/runtime/blob/main/src/coreclr/tools/aot/ILCompiler.ReadyToRun/IBC/MIbcProfileParser.cs
/// </summary>
sealed class ProfileWriter
{
    // So that the same methods make the same file.
    static readonly Guid Fixed = new("6f0c6a3e-4b0f-4d57-9a55-8d9d1f3f0a52");
    const uint FixedStamp = 1;
    const int MaxStack = 8;

    readonly MetadataBuilder metadata = new();
    readonly MethodReferences references;
    readonly BlobBuilder code = new();
    readonly MethodBodyStreamEncoder bodies;
    readonly BlobHandle takesAndGivesNothing;
    readonly SortedDictionary<string, InstructionEncoder> groups = new(StringComparer.Ordinal);

    ProfileWriter(string name)
    {
        references = new MethodReferences(metadata);
        bodies = new MethodBodyStreamEncoder(code);
        metadata.AddModule(0, metadata.GetOrAddString(name), metadata.GetOrAddGuid(Fixed), default, default);
        metadata.AddAssembly(metadata.GetOrAddString(name), new Version(0, 0, 0, 0), default, default, default, AssemblyHashAlgorithm.None);
        metadata.AddTypeDefinition(default, default, metadata.GetOrAddString("<Module>"), default, MetadataTokens.FieldDefinitionHandle(1), MetadataTokens.MethodDefinitionHandle(1));
        var signature = new BlobBuilder();
        new BlobEncoder(signature).MethodSignature().Parameters(0, static returned => returned.Void(), static _ => { });
        takesAndGivesNothing = metadata.GetOrAddBlob(signature);
    }

    /// <summary>Writes a profile.</summary>
    public static void Write(string path, IReadOnlyList<MethodBase> methods)
    {
        var writer = new ProfileWriter(Path.GetFileName(path));
        // What is made while the program runs, this program itself included, is not there when it is compiled.
        foreach (var method in methods.Where(method => method.DeclaringType is { Assembly.IsDynamic: false } type && type.Assembly != typeof(ProfileWriter).Assembly))
            writer.Add(method);
        using var file = File.Create(path);
        writer.Finish().WriteContentTo(file);
    }

    void Add(MethodBase method)
    {
        EntityHandle named;
        try
        {
            named = references.Add(method);
        }
        catch (NotSupportedException)
        {
            // Compiled while the program runs, as before.
            return;
        }

        var group = GroupOf(method);
        if (!groups.TryGetValue(group, out var instructions))
            groups.Add(group, instructions = new InstructionEncoder(new BlobBuilder()));
        instructions.OpCode(ILOpCode.Ldtoken);
        instructions.Token(named);
        instructions.OpCode(ILOpCode.Pop);
    }

    BlobBuilder Finish()
    {
        var dictionary = new InstructionEncoder(new BlobBuilder());
        foreach (var (assemblies, instructions) in groups)
        {
            dictionary.LoadString(metadata.GetOrAddUserString(assemblies));
            dictionary.OpCode(ILOpCode.Ldtoken);
            dictionary.Token(AddGlobal($"Methods{metadata.GetRowCount(TableIndex.MethodDef)}", instructions));
            dictionary.OpCode(ILOpCode.Pop);
        }

        AddGlobal("AssemblyDictionary", dictionary);
        var assembly = new BlobBuilder();
        new ManagedPEBuilder(new PEHeaderBuilder(), new MetadataRootBuilder(metadata), code, deterministicIdProvider: static _ => new BlobContentId(Fixed, FixedStamp)).Serialize(assembly);
        return assembly;
    }

    MethodDefinitionHandle AddGlobal(string name, InstructionEncoder instructions) => metadata.AddMethodDefinition(
        MethodAttributes.Public | MethodAttributes.Static,
        MethodImplAttributes.IL,
        metadata.GetOrAddString(name),
        takesAndGivesNothing,
        bodies.AddMethodBody(instructions, MaxStack),
        default);

    // The assembly that defines it comes first; the compiler passes over groups that need one which it does not have.
    static string GroupOf(MethodBase method)
    {
        var own = NameOf(method.DeclaringType!);
        var others = new SortedSet<string>(StringComparer.Ordinal);
        AddAssemblies(method.DeclaringType!, others);
        if (method.IsGenericMethod)
            foreach (var argument in method.GetGenericArguments())
                AddAssemblies(argument, others);
        others.Remove(own);
        return string.Concat(others.Prepend(own).Select(static name => name + ";"));
    }

    static void AddAssemblies(Type type, SortedSet<string> names)
    {
        if (type.IsPrimitive || MethodReferences.IsAnyClass(type))
            return;
        if (type.HasElementType)
        {
            AddAssemblies(type.GetElementType()!, names);
            return;
        }

        names.Add(NameOf(type));
        foreach (var argument in type.GetGenericArguments())
            AddAssemblies(argument, names);
    }

    static string NameOf(Type type) => type.Assembly.GetName().Name!;
}
