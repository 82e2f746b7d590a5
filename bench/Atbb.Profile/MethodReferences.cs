using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;

namespace Atbb.Profile;

/// <summary>Names methods and types of this process in the metadata of another assembly. Source: ECMA-335, II.22 and II.23.2.</summary>
sealed class MethodReferences
{
    // What stands for any class in code that generic instances share. Profiles name it in an assembly that does not exist.
    const string AnyClass = "System.__Canon";

    static readonly Dictionary<Type, SignatureTypeCode> Simple = new()
    {
        [typeof(void)] = SignatureTypeCode.Void,
        [typeof(bool)] = SignatureTypeCode.Boolean,
        [typeof(char)] = SignatureTypeCode.Char,
        [typeof(sbyte)] = SignatureTypeCode.SByte,
        [typeof(byte)] = SignatureTypeCode.Byte,
        [typeof(short)] = SignatureTypeCode.Int16,
        [typeof(ushort)] = SignatureTypeCode.UInt16,
        [typeof(int)] = SignatureTypeCode.Int32,
        [typeof(uint)] = SignatureTypeCode.UInt32,
        [typeof(long)] = SignatureTypeCode.Int64,
        [typeof(ulong)] = SignatureTypeCode.UInt64,
        [typeof(nint)] = SignatureTypeCode.IntPtr,
        [typeof(nuint)] = SignatureTypeCode.UIntPtr,
        [typeof(float)] = SignatureTypeCode.Single,
        [typeof(double)] = SignatureTypeCode.Double,
        [typeof(object)] = SignatureTypeCode.Object,
        [typeof(string)] = SignatureTypeCode.String,
    };

    readonly MetadataBuilder metadata;
    readonly TypeReferenceHandle anyClass;
    readonly Dictionary<Assembly, AssemblyReferenceHandle> assemblies = [];
    readonly Dictionary<Type, EntityHandle> types = [];

    public MethodReferences(MetadataBuilder metadata)
    {
        this.metadata = metadata;
        anyClass = metadata.AddTypeReference(AddAssembly("System.Private.Canon", null, default), metadata.GetOrAddString("System"), metadata.GetOrAddString("__Canon"));
    }

    public static bool IsAnyClass(Type type) => type.FullName == AnyClass;

    /// <summary>A method, with what it and its type were made for.</summary>
    /// <exception cref="NotSupportedException">Its signature has what cannot be named here, such as a pointer to a function.</exception>
    public EntityHandle Add(MethodBase method)
    {
        var open = method.Module.ResolveMethod(method.MetadataToken)!;
        var signature = new BlobBuilder();
        var parameters = open.GetParameters();
        new BlobEncoder(signature).MethodSignature(SignatureCallingConvention.Default, open.IsGenericMethod ? open.GetGenericArguments().Length : 0, !open.IsStatic);
        signature.WriteCompressedInteger(parameters.Length);
        if (open is MethodInfo { ReturnParameter: var returned })
            Write(signature, returned);
        else
            Write(signature, typeof(void));
        foreach (var parameter in parameters)
            Write(signature, parameter);

        var member = metadata.AddMemberReference(Add(method.DeclaringType!), metadata.GetOrAddString(method.Name), metadata.GetOrAddBlob(signature));
        if (!method.IsGenericMethod)
            return member;

        var instance = new BlobBuilder();
        var arguments = method.GetGenericArguments();
        new BlobEncoder(instance).MethodSpecificationSignature(arguments.Length);
        foreach (var argument in arguments)
            Write(instance, argument);
        return metadata.AddMethodSpecification(member, metadata.GetOrAddBlob(instance));
    }

    EntityHandle Add(Type type)
    {
        if (IsAnyClass(type))
            return anyClass;
        if (types.TryGetValue(type, out var known))
            return known;

        EntityHandle added;
        if (type.HasElementType || type.IsConstructedGenericType)
        {
            var specification = new BlobBuilder();
            Write(specification, type);
            added = metadata.AddTypeSpecification(metadata.GetOrAddBlob(specification));
        }
        else
        {
            EntityHandle scope = type.DeclaringType is { } outer ? Add(outer) : Add(type.Assembly);
            var space = type is { DeclaringType: null, Namespace: { } name } ? metadata.GetOrAddString(name) : default;
            added = metadata.AddTypeReference(scope, space, metadata.GetOrAddString(type.Name));
        }

        types.Add(type, added);
        return added;
    }

    AssemblyReferenceHandle Add(Assembly assembly)
    {
        if (assemblies.TryGetValue(assembly, out var known))
            return known;

        var name = assembly.GetName();
        var token = name.GetPublicKeyToken() is { Length: > 0 } key ? metadata.GetOrAddBlob(key) : default;
        var added = AddAssembly(name.Name!, name.Version, token);
        assemblies.Add(assembly, added);
        return added;
    }

    AssemblyReferenceHandle AddAssembly(string name, Version? version, BlobHandle token) =>
        metadata.AddAssemblyReference(metadata.GetOrAddString(name), version ?? new Version(0, 0, 0, 0), default, token, default, default);

    void Write(BlobBuilder to, ParameterInfo parameter)
    {
        Write(to, SignatureTypeCode.RequiredModifier, parameter.GetRequiredCustomModifiers());
        Write(to, SignatureTypeCode.OptionalModifier, parameter.GetOptionalCustomModifiers());
        Write(to, parameter.ParameterType);
    }

    void Write(BlobBuilder to, SignatureTypeCode kind, Type[] modifiers)
    {
        foreach (var modifier in modifiers)
        {
            to.WriteByte((byte)kind);
            to.WriteCompressedInteger(CodedIndex.TypeDefOrRefOrSpec(Add(modifier)));
        }
    }

    void Write(BlobBuilder to, Type type)
    {
        if (Simple.TryGetValue(type, out var simple))
        {
            to.WriteByte((byte)simple);
        }
        else if (type.IsGenericParameter)
        {
            to.WriteByte((byte)(type.DeclaringMethod is null ? SignatureTypeCode.GenericTypeParameter : SignatureTypeCode.GenericMethodParameter));
            to.WriteCompressedInteger(type.GenericParameterPosition);
        }
        else if (type.HasElementType && !type.IsVariableBoundArray)
        {
            to.WriteByte((byte)(type.IsByRef ? SignatureTypeCode.ByReference : type.IsPointer ? SignatureTypeCode.Pointer : SignatureTypeCode.SZArray));
            Write(to, type.GetElementType()!);
        }
        else if (type.IsVariableBoundArray || type.IsFunctionPointer)
        {
            throw new NotSupportedException($"A signature with {type}.");
        }
        else if (type.IsConstructedGenericType)
        {
            to.WriteByte((byte)SignatureTypeCode.GenericTypeInstance);
            WriteNamed(to, type.GetGenericTypeDefinition());
            var arguments = type.GetGenericArguments();
            to.WriteCompressedInteger(arguments.Length);
            foreach (var argument in arguments)
                Write(to, argument);
        }
        else
        {
            WriteNamed(to, type);
        }
    }

    void WriteNamed(BlobBuilder to, Type type)
    {
        to.WriteByte((byte)(type.IsValueType ? SignatureTypeKind.ValueType : SignatureTypeKind.Class));
        to.WriteCompressedInteger(CodedIndex.TypeDefOrRefOrSpec(Add(type)));
    }
}
