using Ketamine.Web.Features.Staff.Accounts;

namespace Ketamine.Web.Features.Staff;

/// <summary>
/// Says which roles may use an address under /staff. An address without this attribute returns 404 to everyone. An address whose roles don't include the
/// visitor's also returns 404, so it doesn't reveal that it exists.
/// </summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class StaffAccessAttribute(params StaffRole[] roles) : Attribute
{
    /// <summary>The roles that may use it, besides owners, who may use everything.</summary>
    public ImmutableArray<StaffRole> Roles { get; } = [.. roles];

    /// <summary>Whether it works without a session, as signing in must.</summary>
    public bool Anyone { get; init; }

    /// <summary>Whether requests happen without anyone at the screen. They don't keep a session open.</summary>
    public bool Passive { get; init; }

    /// <summary>Whether it may be used while the screen is covered.</summary>
    public bool Covered { get; init; }

    public bool Allows(StaffRole role) => role is StaffRole.Owner || Roles.Contains(role);
}
