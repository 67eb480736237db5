namespace Ketamine.Web.Features.Shared;

/// <summary>Links to a map of a location, opened only by the visitor.</summary>
public static class MapLinks
{
    private const string Search = "https://www.google.com/maps/search/?api=1&query=";

    /// <summary>By address, which the map displays; by coordinates if there is no address; null without either.</summary>
    public static string? Of(GeoPoint? geo, PostalAddress? address)
    {
        if (address is null) return geo is null ? null : Search + string.Create(CultureInfo.InvariantCulture, $"{geo.Latitude},{geo.Longitude}");
        var parts = new[] { address.Street, address.City, $"{address.Region} {address.PostalCode}".Trim() };
        return Search + Uri.EscapeDataString(string.Join(", ", parts.Where(part => part.Length > 0)));
    }
}
