using Ketamine.Web.Data;

namespace Ketamine.Web.Mail;

/// <summary>
/// Writes each email as a file to Data:Path/mail if no mail server is set. Any email program can open it. The name begins with the email's creation time and
/// never changes, so a repeat after a crash replaces the file.
/// </summary>
internal sealed class FileTransport(MailComposer composer, IOptions<DataOptions> data) : IMailTransport
{
    private readonly string _folder = Path.GetFullPath(Path.Combine(data.Value.Path, "mail"));

    public string Target => $"files in {_folder}, because Mail:Host isn't set";

    public async Task SendAsync(OutboxMessage message, CancellationToken cancellation)
    {
        var made = message.CreatedAt.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'.'fff'Z'", CultureInfo.InvariantCulture);
        var file = Path.Combine(_folder, $"{made}-{message.Kind}-{message.Id:N}.eml");
        var unfinished = file + ".part";
        try
        {
            Directory.CreateDirectory(_folder);
            // It may contain what a patient wrote, so only the site's user may read it.
            var options = PrivateFiles.ForWriting(FileMode.Create);
            options.Options = FileOptions.Asynchronous;
            await using (var stream = new FileStream(unfinished, options))
            {
                await composer.Compose(message).WriteToAsync(MailComposer.Format, stream, cancellation);
                stream.Flush(flushToDisk: true);
            }

            File.Move(unfinished, file, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new MailFailedException(MailFailure.Server, $"The folder {_folder} isn't writable: {e.GetType().Name}.", e);
        }
    }
}
