using System.Globalization;
using Ketamine.Content;

namespace Ketamine.Web.Features.Shared;

/// <summary>Where a map of a place opens, on the visitor's own choice and never by itself.</summary>
public static class MapLinks
{
    private const string Search = "https://www.google.com/maps/search/?api=1&query=";

    /// <summary>By the address, which a map names; by degrees where there is no address; null without either.</summary>
    public static string? Of(GeoPoint? geo, PostalAddress? address)
    {
        if (address is null) return geo is null ? null : Search + string.Create(CultureInfo.InvariantCulture, $"{geo.Latitude},{geo.Longitude}");
        var parts = new[] { address.Street, address.City, $"{address.Region} {address.PostalCode}".Trim() };
        return Search + Uri.EscapeDataString(string.Join(", ", parts.Where(part => part.Length > 0)));
    }
}
