using System.Globalization;
using Ketamine.Web.Data;
using Microsoft.Extensions.Options;

namespace Ketamine.Web.Mail;

/// <summary>
/// Writes each mail as a file to Data:Path/mail, where no mail server is set: any mail program opens it. The name begins with the time at which the
/// mail was made, and is the same each time, so that a repeat after a crash writes over its forerunner.
/// </summary>
internal sealed class FileTransport(MailComposer composer, IOptions<DataOptions> data) : IMailTransport
{
    private readonly string _folder = Path.GetFullPath(Path.Combine(data.Value.Path, "mail"));

    /// <inheritdoc />
    public string Target => $"files in {_folder}, because Mail:Host is not set";

    /// <inheritdoc />
    public async Task SendAsync(OutboxMessage message, CancellationToken cancellation)
    {
        var file = Path.Combine(_folder, string.Create(CultureInfo.InvariantCulture, $"{message.CreatedAt.UtcDateTime:yyyyMMdd'T'HHmmss'.'fff'Z'}-{message.Kind}-{message.Id:N}.eml"));
        var unfinished = file + ".part";
        try
        {
            Directory.CreateDirectory(_folder);
            var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, Options = FileOptions.Asynchronous };
            // It holds what a patient wrote: the site's own user reads it, and nobody else of this machine.
            if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            await using (var stream = new FileStream(unfinished, options))
            {
                await composer.Compose(message).WriteToAsync(MailComposer.Format, stream, cancellation);
                stream.Flush(flushToDisk: true);
            }

            File.Move(unfinished, file, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new MailFailedException(MailFailure.Server, $"The folder {_folder} can't be written: {e.GetType().Name}.", e);
        }
    }
}
