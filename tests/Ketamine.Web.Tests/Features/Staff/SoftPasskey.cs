using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.WebUtilities;

namespace Ketamine.Web.Tests.Features.Staff;

/// <summary>A software authenticator (WebAuthn Level 3, §6): an ES256 key that responds to challenges as a phone or an attacker would.</summary>
internal sealed class SoftPasskey
{
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly byte[] _id = RandomNumberGenerator.GetBytes(16);
    private string _user = "";
    private uint _count;

    /// <summary>The page's origin, as the browser reports it.</summary>
    public required string Origin { get; set; }

    /// <summary>The response to creation options.</summary>
    public string Make(string options)
    {
        var asked = JsonNode.Parse(options)!;
        _user = (string)asked["user"]!["id"]!;
        var clientData = ClientData("webauthn.create", (string)asked["challenge"]!);
        var authData = AuthenticatorData((string)asked["rp"]!["id"]!, attested: true);
        byte[] attestation = [0xA3, 0x63, .. "fmt"u8, 0x64, .. "none"u8, 0x67, .. "attStmt"u8, 0xA0, 0x68, .. "authData"u8, 0x59, (byte)(authData.Length >> 8),
            (byte)authData.Length, .. authData];
        return Credential(new JsonObject { ["clientDataJSON"] = Text(clientData), ["attestationObject"] = Text(attestation),
            ["transports"] = new JsonArray("internal") });
    }

    /// <summary>The response to request options.</summary>
    /// <param name="domain">The site it believes it signs in to; null for the one in the options.</param>
    public string Sign(string options, string? domain = null)
    {
        var asked = JsonNode.Parse(options)!;
        var clientData = ClientData("webauthn.get", (string)asked["challenge"]!);
        _count++;
        var authData = AuthenticatorData(domain ?? (string)asked["rpId"]!, attested: false);
        var signature = _key.SignData([.. authData, .. SHA256.HashData(clientData)], HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
        return Credential(new JsonObject { ["clientDataJSON"] = Text(clientData), ["authenticatorData"] = Text(authData), ["signature"] = Text(signature),
            ["userHandle"] = _user });
    }

    private byte[] ClientData(string type, string challenge) =>
        Encoding.UTF8.GetBytes(JsonSerializer.Serialize(new { type, challenge, origin = Origin, crossOrigin = false }));

    private byte[] AuthenticatorData(string domain, bool attested)
    {
        const byte presentAndVerified = 0x05, attestedData = 0x40;
        var count = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(count, _count);
        byte[] head = [.. SHA256.HashData(Encoding.UTF8.GetBytes(domain)), (byte)(presentAndVerified | (attested ? attestedData : 0)), .. count];
        if (!attested) return head;
        var point = _key.ExportParameters(includePrivateParameters: false).Q;
        byte[] cose = [0xA5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20, .. point.X!, 0x22, 0x58, 0x20, .. point.Y!];
        return [.. head, .. new byte[16], (byte)(_id.Length >> 8), (byte)_id.Length, .. _id, .. cose];
    }

    private string Credential(JsonObject response) => new JsonObject
    {
        ["id"] = Text(_id),
        ["rawId"] = Text(_id),
        ["type"] = "public-key",
        ["response"] = response,
        ["clientExtensionResults"] = new JsonObject(),
        ["authenticatorAttachment"] = "platform",
    }.ToJsonString();

    private static string Text(byte[] bytes) => WebEncoders.Base64UrlEncode(bytes);
}
