using System.Reflection;

namespace Ketamine.Language;

/// <summary>Opens the files that the build embeds in an assembly.</summary>
public static class EmbeddedFile
{
    /// <param name="name">Its <c>LogicalName</c> in the project file.</param>
    /// <exception cref="InvalidOperationException">The assembly has no such file.</exception>
    public static Stream Open(Assembly assembly, string name) =>
        assembly.GetManifestResourceStream(name) ?? throw new InvalidOperationException($"{name} isn't in {assembly.GetName().Name}");

    /// <inheritdoc cref="Open"/>
    public static string ReadText(Assembly assembly, string name)
    {
        using var reader = new StreamReader(Open(assembly, name));
        return reader.ReadToEnd();
    }
}
