using Ketamine.Web.Data;

namespace Ketamine.Web.Mail;

/// <summary>The state of the outbox.</summary>
/// <param name="Unsent">Unsent emails that are due. Later ones don't count.</param>
/// <param name="OldestUnsent">How long the oldest of them has been waiting; null if there is none.</param>
/// <param name="Failed">Emails that staff must look into.</param>
public sealed record OutboxHealth(int Unsent, TimeSpan? OldestUnsent, int Failed)
{
    /// <summary>Runs one indexed query per figure.</summary>
    public static async Task<OutboxHealth> ReadAsync(ClinicDb db, DateTimeOffset now, CancellationToken cancellation)
    {
        var unsent = db.Set<OutboxMessage>().Where(m => (m.State == OutboxState.Waiting || m.State == OutboxState.Sending) && m.NotBefore <= now);
        var oldest = await unsent.MinAsync(m => (DateTimeOffset?)m.NotBefore, cancellation);
        return new OutboxHealth(
            await unsent.CountAsync(cancellation),
            now - oldest,
            await db.Set<OutboxMessage>().CountAsync(m => m.State == OutboxState.Failed, cancellation));
    }
}
