using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace Atbb.Testing.Profiles;

/// <summary>What a profile (.mibc) names: what a published build is to compile ahead although its compiler does not foresee it.</summary>
public static class ProfileFile
{
    /// <summary>The types of the methods that it names, and of what these were made for, each with its assembly; nested ones as reflection names them.</summary>
    /// <exception cref="BadImageFormatException">It is none.</exception>
    public static IReadOnlyList<(string Assembly, string Type)> Types(string path)
    {
        using var file = new PEReader(File.OpenRead(path));
        var metadata = file.GetMetadataReader();
        if (!metadata.MethodDefinitions.Any(method => metadata.StringComparer.Equals(metadata.GetMethodDefinition(method).Name, "AssemblyDictionary")))
            throw new BadImageFormatException($"{path} has no table of assemblies.");
        return [.. metadata.TypeReferences.Select(type => Named(metadata, type))];
    }

    /// <summary>How many methods it names.</summary>
    public static int Methods(string path)
    {
        using var file = new PEReader(File.OpenRead(path));
        return file.GetMetadataReader().MemberReferences.Count;
    }

    static (string Assembly, string Type) Named(MetadataReader metadata, TypeReferenceHandle handle)
    {
        var type = metadata.GetTypeReference(handle);
        var name = metadata.GetString(type.Name);
        if (type.ResolutionScope.Kind == HandleKind.TypeReference)
        {
            var outer = Named(metadata, (TypeReferenceHandle)type.ResolutionScope);
            return (outer.Assembly, $"{outer.Type}+{name}");
        }

        var space = metadata.GetString(type.Namespace);
        var assembly = metadata.GetAssemblyReference((AssemblyReferenceHandle)type.ResolutionScope);
        return (metadata.GetString(assembly.Name), space.Length > 0 ? $"{space}.{name}" : name);
    }
}
