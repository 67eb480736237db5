using System.Collections.Immutable;
using Ketamine.Web.Features.Staff.Accounts;

namespace Ketamine.Web.Features.Staff;

/// <summary>
/// Who may use an address under /staff. One that doesn't say is nobody's: it answers 404, and so does one to somebody whose role isn't named, so that
/// nobody learns what they can't use.
/// </summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class StaffAccessAttribute(params StaffRole[] roles) : Attribute
{
    /// <summary>Owners may use whatever anybody at the desk may.</summary>
    public ImmutableArray<StaffRole> Roles { get; } = [.. roles];

    /// <summary>Without a session: signing in, and what that needs.</summary>
    public bool Anyone { get; init; }

    /// <summary>Opening it is no sign that somebody sits there: it keeps no session open.</summary>
    public bool Passive { get; init; }

    /// <summary>May be used while the screen is covered.</summary>
    public bool Covered { get; init; }

    public bool Allows(StaffRole role) => role is StaffRole.Owner || Roles.Contains(role);
}
