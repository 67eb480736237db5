namespace Ketamine.Content.Model;

/// <summary>An opaque color.</summary>
public readonly record struct Rgb(byte Red, byte Green, byte Blue)
{
    public static readonly Rgb White = new(255, 255, 255);
    public static readonly Rgb Black = new(0, 0, 0);

    /// <param name="hex"><c>#rrggbb</c>.</param>
    public static Rgb Parse(string hex)
    {
        var value = int.Parse(hex.AsSpan(1), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        return new Rgb((byte)(value >> 16), (byte)(value >> 8), (byte)value);
    }

    /// <param name="share">Of the other, 0 to 1.</param>
    public Rgb Mix(Rgb other, double share) => new(Mix(Red, other.Red, share), Mix(Green, other.Green, share), Mix(Blue, other.Blue, share));

    /// <summary>The first step from this color toward another with this contrast to <paramref name="against"/>; the other color if there is none.</summary>
    public Rgb Toward(Rgb other, Rgb against, double contrast)
    {
        for (var share = 0.0; share < 1; share += .04)
        {
            if (Mix(other, share) is var mixed && mixed.Contrast(against) >= contrast) return mixed;
        }

        return other;
    }

    /// <summary>WCAG 2.2's contrast ratio, 1 to 21.</summary>
    public double Contrast(Rgb other)
    {
        var (one, two) = (Luminance, other.Luminance);
        return (Math.Max(one, two) + .05) / (Math.Min(one, two) + .05);
    }

    /// <summary><c>#rrggbb</c>.</summary>
    public override string ToString() => $"#{Red:x2}{Green:x2}{Blue:x2}";

    /// <summary>Without sRGB's gamma, each 0 to 1.</summary>
    internal (double Red, double Green, double Blue) Linear => (WithoutGamma(Red), WithoutGamma(Green), WithoutGamma(Blue));

    private double Luminance => .2126 * Linear.Red + .7152 * Linear.Green + .0722 * Linear.Blue;

    private static double WithoutGamma(byte channel)
    {
        var value = channel / 255.0;
        return value <= .04045 ? value / 12.92 : Math.Pow((value + .055) / 1.055, 2.4);
    }

    private static byte Mix(byte one, byte two, double share) => (byte)Math.Round(one + (two - one) * share);
}
