using Ketamine.Web.Features.Staff.Accounts;

namespace Ketamine.Web.Features.Staff;

/// <summary>The signed-in staff member, the time, and the clinic, all fixed for one request.</summary>
public sealed class DeskContext(ContentStore store, TimeProvider clock)
{
    private (StaffSession Session, StaffMember Member)? _visit;

    public Clinic Clinic { get; } = store.Current.Clinic;

    public DateTimeOffset Now { get; } = clock.GetUtcNow();

    public bool IsSignedIn => _visit is not null;

    public StaffMember Me => (_visit ?? throw new InvalidOperationException("No one is signed in.")).Member;

    public StaffSession Session => (_visit ?? throw new InvalidOperationException("No one is signed in.")).Session;

    internal void Enter(StaffSession session, StaffMember member) => _visit = (session, member);
}
