<#
Exports evidence for evpack with the Azure CLI. It only reads, and asks for no secrets.
#@made

  powershell -ExecutionPolicy Bypass -File FILE [FOLDER]

FOLDER is made, and must not be there (default: evpack-export-TIME).

Every command's output goes to a file of its own, in UTF-8 without a byte order mark, and
collection.jsonl, the ledger, has a line for each: what was run, by whom, when, with which result, and
the SHA-256 of the file. A command that fails is written down and does not stop the others. Needs az,
signed in, and Windows PowerShell 5.1 or PowerShell 7.
#>
param([string]$Folder = ('evpack-export-' + [DateTime]::UtcNow.ToString('yyyyMMddTHHmmssZ')))
Set-StrictMode -Version 2
$ErrorActionPreference = 'Stop'

$PagesMax = 1000
$TriesMax = 4
$ErrorMax = 4000
$RetryWait = 5
$Utf8 = New-Object Text.UTF8Encoding $false
$Strict = New-Object Text.UTF8Encoding $false, $true
$OnWindows = [IO.Path]::DirectorySeparatorChar -eq '\'
$State = @{ Count = 0; Commands = 0; Failed = 0; Code = 0; Start = ''; End = ''; Tries = 0; Said = ''; File = '' }
$Subject = ''
$Subscription = ''

function Stop-Export([string]$Why) {
    [Console]::Error.WriteLine('evpack export: ' + $Why)
    exit 2
}

function Get-Now {
    return [DateTime]::UtcNow.ToString('yyyy-MM-ddTHH:mm:ssZ', [Globalization.CultureInfo]::InvariantCulture)
}

# What may be shown on a terminal.
function Get-Shown([string]$Text) {
    return [regex]::Replace($Text, '[\x00-\x1f\x7f-\x9f]', '?')
}

# Some versions of az write the ANSI code page where they should write UTF-8.
function Get-Text([byte[]]$Bytes) {
    try {
        return $Strict.GetString($Bytes)
    } catch {
        $page = [Globalization.CultureInfo]::CurrentCulture.TextInfo.ANSICodePage
        return [Text.Encoding]::GetEncoding($page).GetString($Bytes)
    }
}

# One start of az: its output as text, its errors in $State.Said. az.cmd is a batch file, which cmd.exe
# reads: every argument stands in double quotes, and Test-Usable lets no value through that these do
# not hold.
function Invoke-Once([string[]]$Arguments) {
    $start = New-Object Diagnostics.ProcessStartInfo
    $start.UseShellExecute = $false
    $start.RedirectStandardInput = $true
    $start.RedirectStandardOutput = $true
    $start.RedirectStandardError = $true
    $start.EnvironmentVariables['PYTHONUTF8'] = '1'
    $start.EnvironmentVariables['AZURE_EXTENSION_USE_DYNAMIC_INSTALL'] = 'no'
    $start.FileName = $Az
    if ($Az -match '\.(cmd|bat)$') {
        $start.FileName = $env:ComSpec
        $quoted = ($Arguments | ForEach-Object { '"' + $_ + '"' }) -join ' '
        $start.Arguments = '/d /s /c ""' + $Az + '" ' + $quoted + '"'
    } elseif ($start.PSObject.Properties['ArgumentList']) {
        foreach ($argument in $Arguments) { $start.ArgumentList.Add($argument) }
    } else {
        $start.Arguments = ($Arguments | ForEach-Object { '"' + $_ + '"' }) -join ' '
    }
    $process = [Diagnostics.Process]::Start($start)
    $process.StandardInput.Close()
    $errors = $process.StandardError.ReadToEndAsync()
    $bytes = New-Object IO.MemoryStream
    $process.StandardOutput.BaseStream.CopyTo($bytes)
    $process.WaitForExit()
    $State.Code = $process.ExitCode
    $State.Said = $errors.Result
    if ($State.Said.Length -gt $ErrorMax) { $State.Said = $State.Said.Substring(0, $ErrorMax) }
    return (Get-Text $bytes.ToArray())
}

# What Azure throttles is tried again, later and later.
function Invoke-Az([string[]]$Arguments) {
    $pause = $RetryWait
    $State.Tries = 0
    while ($true) {
        $State.Tries++
        $State.Start = Get-Now
        $text = Invoke-Once $Arguments
        $State.End = Get-Now
        if ($State.Code -eq 0 -or $State.Tries -ge $TriesMax -or
            $State.Said -notmatch 'too *many *requests|throttl|code:? *429|\(429\)') {
            return $text
        }
        Start-Sleep -Seconds $pause
        $pause *= 3
    }
}

function Get-OrNull([string]$Text) {
    if ($Text -eq '') { return $null }
    return $Text
}

# A line of the ledger for what Invoke-Az did. A failed command that printed nothing leaves no file.
function Write-Record([string]$Id, [string]$Kind, [string]$Note, [int]$Page, [string[]]$Arguments) {
    $file = $null
    $sum = $null
    if ($State.File -ne '') {
        $path = Join-Path $Folder $State.File
        if ($State.Code -ne 0 -and (Get-Item -LiteralPath $path).Length -eq 0) {
            Remove-Item -LiteralPath $path
        } else {
            $file = $State.File
            $sum = (Get-FileHash -LiteralPath $path -Algorithm SHA256).Hash.ToLowerInvariant()
        }
    }
    if ($State.Code -ne 0) {
        $State.Failed++
        $first = Get-Shown (($State.Said -split "`n")[0])
        if ($null -ne $State.Code) { $first = 'failed (exit ' + $State.Code + '): ' + $first }
        [Console]::Error.WriteLine('        ' + $first)
    }
    $line = [ordered]@{
        evpack_collection = 1; plan = $Id; kind = (Get-OrNull $Kind); command = 'az'
        arguments = $Arguments; file = $file; sha256 = $sum
        start = $State.Start; end = $State.End; exit_code = $State.Code; tries = $State.Tries
        az_version = $AzVersion; account = $Account; tenant = $Tenant
        subscription = (Get-OrNull $Subscription); subject = (Get-OrNull $Subject)
        page = $Page; note = (Get-OrNull $Note); error = (Get-OrNull $State.Said)
    }
    $State.Commands++
    [IO.File]::AppendAllText($Ledger, (ConvertTo-Json -InputObject $line -Compress -Depth 5) + "`n", $Utf8)
}

# A line for what was not run.
function Write-Refusal([string]$Id, [string]$Kind, [int]$Page, [string]$Why, [string[]]$Arguments) {
    $State.Start = Get-Now
    $State.End = $State.Start
    $State.Code = $null
    $State.Tries = 0
    $State.File = ''
    $State.Said = 'not run: ' + $Why
    Write-Record $Id $Kind '' $Page $Arguments
}

# The number keeps names apart, the rest is for people.
function Set-FileName([string]$Id) {
    $word = [regex]::Replace(($Subject -split '/')[-1], '[^A-Za-z0-9._-]', '_')
    if ($word.Length -gt 40) { $word = $word.Substring(0, 40) }
    if ($word -ne '') { $word = '-' + $word }
    $State.Count++
    $State.File = '{0:d5}-{1}{2}.json' -f $State.Count, $Id, $word
    [Console]::Error.WriteLine('[' + $State.Count + '] ' + $Id + ' ' + (Get-Shown $Subject))
}

# One command, one file.
function Get-One([string]$Id, [string]$Kind, [string]$Note, [string[]]$Arguments) {
    Set-FileName $Id
    $all = $Arguments + @('-o', 'json')
    $text = Invoke-Az $all
    [IO.File]::WriteAllText((Join-Path $Folder $State.File), $text, $Utf8)
    Write-Record $Id $Kind $Note 0 $all
}

# A list that az does not page, one file a page. The URL is the last argument.
function Get-Pages([string]$Id, [string]$Kind, [string]$Note, [string[]]$Arguments) {
    $url = $Arguments[-1]
    $words = $Arguments[0..($Arguments.Length - 2)]
    Set-FileName $Id
    $stem = $State.File.Substring(0, $State.File.Length - 5)
    if ($url -match '[\\"<>#\x00-\x1f\x7f]' -or $url -match '\?.*\?') {
        Write-Refusal $Id $Kind 1 'a name in the URL holds what a URL cannot' $Arguments
        return
    }
    for ($page = 1; $true; $page++) {
        $State.File = '{0}.page-{1:d4}.json' -f $stem, $page
        $all = $words + @($url, '-o', 'json')
        $text = Invoke-Az $all
        [IO.File]::WriteAllText((Join-Path $Folder $State.File), $text, $Utf8)
        Write-Record $Id $Kind $Note $page $all
        if ($State.Code -ne 0) { return }
        $next = [regex]::Match($text, '(?m)^  "(?:nextLink|@odata\.nextLink|@nextLink)": "(.*)",?\r?$')
        if (-not $next.Success -or $next.Groups[1].Value -eq '') { return }
        $url = $next.Groups[1].Value
        $why = ''
        # az sends its token to whatever begins like an endpoint: it must be one.
        if ($url -match '[\\"\x00-\x1f]') {
            $why = 'the link to the next page cannot be read'
        } elseif (-not ($url.StartsWith($Arm + '/', 'Ordinal') -or $url.StartsWith($Graph + '/', 'Ordinal'))) {
            $why = 'the link to the next page leads elsewhere'
        } elseif ($page -ge $PagesMax) {
            $why = "there are more than $PagesMax pages"
        }
        if ($why -ne '') {
            Write-Refusal $Id $Kind ($page + 1) $why ($words + @($url))
            return
        }
    }
}

# Whether az takes each as a value. It reads @FILE, options begin with -, and cmd.exe reads % and ".
function Test-Usable([string[]]$Values) {
    foreach ($value in $Values) {
        if ($value -eq '' -or $value.StartsWith('-') -or $value.Contains('@')) { return $false }
        if ($OnWindows -and $value -match '["%^!\\\x00-\x1f]') { return $false }
    }
    return $true
}

# A JSON array of strings and nulls, null as an empty text; $null when it is something else.
function Read-Values([string]$Line) {
    try {
        $values = ConvertFrom-Json -InputObject $Line
        return ,@($values | ForEach-Object { if ($null -eq $_) { '' } else { [string]$_ } })
    } catch {
        return $null
    }
}

# LOOP_commands for each row that the query gives.
function Invoke-Each([string]$Loop, [string]$Query, [string[]]$Arguments) {
    $all = $Arguments + @('--query', $Query, '-o', 'tsv')
    $text = Invoke-Az $all
    $State.File = ''
    Write-Record ('each-' + $Loop) '' '' 0 $all
    if ($State.Code -ne 0) { return }
    foreach ($row in ($text -split "`r?`n" | Where-Object { $_ -ne '' } | Sort-Object -Unique -CaseSensitive)) {
        $values = Read-Values $row
        if ($null -ne $values -and (Test-Usable $values)) {
            & ($Loop + '_commands') @values
        } else {
            Write-Refusal ('each-' + $Loop) '' 0 ('a name that az would not take as it is: ' + $row) $Arguments
        }
    }
}

# The first word of a URL's host.
function Get-HostLabel([string]$Url) {
    return [regex]::Match($Url, '^(?:[a-z]+://)?([A-Za-z0-9-]*)').Groups[1].Value
}

#@commands

$command = Get-Command az -CommandType Application -ErrorAction SilentlyContinue | Select-Object -First 1
if ($null -eq $command) { Stop-Export "az is not found; install the Azure CLI and sign in with 'az login'" }
$Az = $command.Path
$text = Invoke-Az @('version', '-o', 'json')
if ($State.Code -ne 0) { Stop-Export ("'az version' fails: " + $State.Said) }
$AzVersion = [regex]::Match($text, '"azure-cli": "([0-9A-Za-z.+-]*)"').Groups[1].Value
$text = Invoke-Az @('account', 'show', '--query', 'to_string([user.name,user.type,tenantId,id])', '-o', 'tsv')
if ($State.Code -ne 0) { Stop-Export ("az is not signed in; run 'az login' first. az says: " + $State.Said) }
$values = Read-Values $text
$Account = $values[0]
$AccountType = $values[1]
$Tenant = $values[2]
$HomeTenant = $Tenant
$text = Invoke-Az @('cloud', 'show', '--query',
    'to_string([name,endpoints.resourceManager,endpoints.microsoftGraphResourceId])', '-o', 'tsv')
if ($State.Code -ne 0) { Stop-Export ("'az cloud show' fails: " + $State.Said) }
$values = Read-Values $text
$Cloud = $values[0]
$Arm = $values[1].TrimEnd('/')
$Graph = $values[2].TrimEnd('/')
if ($Graph -eq '') { $Graph = 'https://graph.microsoft.com' }
$text = Invoke-Az @('account', 'list', '--all', '--query',
    '[?state==''Enabled''].to_string([id,tenantId,cloudName,name])', '-o', 'tsv')
if ($State.Code -ne 0) { Stop-Export ("'az account list --all' fails: " + $State.Said) }
$rows = @($text -split "`r?`n" | Where-Object { $_ -ne '' })
if (Test-Path -LiteralPath $Folder) { Stop-Export "$Folder is there already; name a folder that is not" }
$Folder = (New-Item -ItemType Directory -Path $Folder).FullName
if (-not $OnWindows) { chmod 700 $Folder }
$Ledger = Join-Path $Folder 'collection.jsonl'
[IO.File]::WriteAllText($Ledger, '', $Utf8)

Write-Output "Exporting evidence for evpack with az $AzVersion"
Write-Output ('  signed in as   ' + (Get-Shown "$Account ($AccountType), tenant $Tenant, cloud $Cloud"))
Write-Output "  into           $Folder"
Write-Output "  it runs        $Plan; each only reads"
Write-Output '  subscriptions  all that are enabled and visible to this account, with the roles it has:'
$others = $false
foreach ($row in $rows) {
    $values = Read-Values $row
    if ($null -eq $values -or $values[2] -ne $Cloud) { continue }
    Write-Output ('                 ' + (Get-Shown ($values[0] + ' ' + $values[3])))
    if ($values[1] -ne $Tenant) { $others = $true }
}
if ($others) {
    Write-Output "  note           some are in other tenants; what is asked once is asked of $Tenant only:"
    Write-Output '                 better make one export for each tenant, signed in to one at a time'
}

once_commands
foreach ($row in $rows) {
    $values = Read-Values $row
    if ($null -eq $values -or -not (Test-Usable @($values[0]))) {
        Write-Refusal 'each-subscription' '' 0 ('a subscription that cannot be read: ' + $row) @('account', 'list', '--all')
        continue
    }
    if ($values[2] -ne $Cloud) { continue }
    $Subscription = $values[0]
    $Tenant = $values[1]
    $Subject = '/subscriptions/' + $Subscription
    subscription_commands
}
$Tenant = $HomeTenant
$Subscription = ''
$Subject = ''
Get-One 'end' 'subscription' 'the plan ran to its end' @('account', 'show')
$failures = ''
if ($State.Failed -gt 0) { $failures = '; the ledger names each, and why' }
Write-Output ('Done: ' + $State.Commands + ' commands, ' + $State.Failed + ' of them failed' + $failures + '.')
Write-Output 'All subscriptions means: those visible to this account, with the roles in own-roles and role-assignments.'
Write-Output "The ledger's SHA-256, to be sent to the preparer by another way than the files:"
Write-Output ((Get-FileHash -LiteralPath $Ledger -Algorithm SHA256).Hash.ToLowerInvariant() + '  ' + $Ledger)
