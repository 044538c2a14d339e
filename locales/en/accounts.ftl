nav-accounts = Accounts
nav-account = My account

error-first = Something has to be set up first
error-first-password = You signed in with a first password that somebody else set; choose one of your own first.
error-first-password-next = Sign in with a browser and set a password as the page asks, then go on.
error-first-second-factor = Your role asks for a second factor; until it is enrolled nothing else can be done.
error-first-second-factor-next = Sign in with a browser and enrol one as the page asks, then go on.

## Passwords
password-too-short = A password has at least {$least} characters; make it longer. A few unrelated words in a row are easy to remember.
password-too-long = A password has at most {$most} characters; make it shorter.
password-only-digits = A password is not of digits alone; add words or letters.
password-common = This password is easy to guess: avoid common passwords, runs and repetitions, and your own name or login.

## The own account
account-title = My account
account-lead = Your roles, your password, your second factor, and where you are signed in.
account-name = Name
account-unit = Unit
account-roles = Roles
account-no-roles = No role was granted. What you do as an employee, leader, assessor or witness follows from the roster and the appraisals and needs none.
account-secrets = What you sign in with
account-password = Password
account-second-factor = Second factor
account-set-at = Set, {$when}
account-no-second-factor = Not enrolled
account-sessions = Where you are signed in
account-sessions-note = Lying idle for 30 minutes signs you out, and 12 hours do in any case.
account-session-began = Since
account-session-used = Last used
account-session-which = Where
account-session-current = Here
account-session-other = Another browser
account-sessions-end = Sign out everywhere else
account-history-lead = Who changed your account, and when. If you do not know of a change, change your password at once and tell the security administrator.
account-password-title = Change the password
account-password-lead = At least {$least} characters. Length makes it safe, not odd signs; it does not run out.
account-password-change = Change the password
account-password-old = Present password
account-password-new = New password
account-password-new-hint = At least {$least} characters, spaces and any script; not your name, your login, or a common password.
account-password-again = New password once more
account-password-ends-sessions = You are then signed out everywhere else.
account-password-differs = The two new passwords differ; type them again.
account-password-same = The new password is the present one; choose another.
account-password-wrong = The password is not right; check it and try again.
account-password-none = This account has no password yet
account-password-none-text = You entered with the demo's one click. In real use the system administrator sets a first password.
account-password-first = Choose a password of your own
account-password-first-text = Somebody else set the first password; it is good for signing in this once. Choose your own to go on.

## The second factor
second-factor-title = Enrol a second factor
second-factor-lead = Signing in then takes a code from your phone beside the password, so that a stolen password alone is no use.
second-factor-asked-for = Your role asks for a second factor
second-factor-asked-for-text = The system, security and audit administrators and the inspectors must have one. Until it is enrolled nothing else can be done.
second-factor-there = One is enrolled already
second-factor-there-text = Once confirmed below, the new key takes the place of the old one, and the old recovery codes are void.
second-factor-step-key = Step 1: give the key to an authenticator
second-factor-step-key-text = Open any authenticator app for TOTP (RFC 6238) on your phone and scan the QR code; where that is not possible, type the key.
second-factor-qr = QR code of the key; it says the same as the key in letters below
second-factor-key = The key:
second-factor-step-code = Step 2: confirm with a code
second-factor-password-hint = Type it once more, so that we know it is you.
second-factor-code = Code
second-factor-code-hint = The six digits that the app shows.
second-factor-code-wrong = The code is not right: check that the phone's clock is, wait for the next code and type that.
second-factor-confirm = Confirm
second-factor-enrol = Enrol a second factor
second-factor-replace = Replace the second factor
second-factor-codes-left = { $n ->
    [one] 1 recovery code is left.
   *[other] {$n} recovery codes are left.
}
second-factor-recovery-title = Recovery codes
second-factor-recovery-lead = The second factor is enrolled. Should you lose the phone, a recovery code takes the place of its code, each of them once.
second-factor-recovery-text = Write them down or print them and keep them safe. They can't be seen again; if they are lost, enrol anew and get new ones.
second-factor-recovery-kept = I have them, go on

## Looking after accounts
accounts-title = Accounts
accounts-lead = Who signs in, and what they may do. The system administrator opens and locks accounts, the security administrator grants roles, the audit administrator looks on.
accounts-new = Open an account
accounts-new-lead = For a person on the roster, or for somebody who is not on it, such as an administrator.
accounts-new-of-person = A person on the roster
accounts-new-of-nobody = Somebody who is not on the roster
accounts-new-of-third = A third party
accounts-third = Who was entered
accounts-third-hint = Somebody from outside whom HR entered for one appraisal. The account opens that appraisal alone and holds no role.
accounts-number = Employee number
accounts-login-hint = Left empty, it is the employee number.
accounts-login-rule = Letters, digits, dots and dashes, at least two.
accounts-name-hint = The name or office that pages show.
accounts-open = Open the account
accounts-roster = Accounts for the roster
accounts-roster-open = Open accounts for { $n ->
    [one] 1 person on the roster
   *[other] {$n} people on the roster
}
accounts-roster-lead = Opens an account with a first password for everyone on the roster who has none. Each is an entry of its own in the ledger.
accounts-roster-empty = Everyone has an account
accounts-roster-empty-text = All people on the roster have one. Come back when a new roster has been imported.
accounts-roster-once = The file holds everyone's first password. Hand each to its owner in a safe way and delete the file. Owners have to choose their own at the first sign-in.
accounts-roster-count = { $n ->
    [one] 1 person has no account
   *[other] {$n} people have no account
}
accounts-roster-more = And { $n ->
    [one] 1 more.
   *[other] {$n} more.
}
accounts-roster-do = Open them and download the first passwords
accounts-roster-broken-off = If the download breaks off, accounts opened by then stay open; pressing again goes on with the rest. Whoever was opened but is missing in the file gets a new first password on the page of the account.
accounts-search = Search
accounts-search-words = Login, name or employee number
accounts-role = Role
accounts-role-hint = Only roles that go together with those held are listed; the three administrators exclude each other.
accounts-state = State
accounts-in-use = In use
accounts-state-locked = Locked
accounts-state-no_password = No password: can't sign in
accounts-state-first_password = First password not changed yet
accounts-state-no_second_factor = Needs a second factor, has none
accounts-empty = No such account
accounts-empty-text = Search for something else.
accounts-all = All accounts
accounts-show-lead = What this account may do, what it signs in with, and what happened to it.
accounts-person = Person
accounts-of-nobody = Not on the roster
accounts-opened = Opened
accounts-locked-text = Locked since {$when}; nobody can sign in with it. The reason is in the record below.
accounts-no-roles = No role was granted.
accounts-whole-authority = whole authority
accounts-grant = Grant a role
accounts-scope = Only for a unit
accounts-scope-hint = Only HR officers can be of one unit; left empty, the role holds for the whole authority.
accounts-revoke = Take back
accounts-revoke-consequence = It counts at once: the person is signed out everywhere and has to sign in again.
accounts-first-password = First password
accounts-first-password-set = Set a first password
accounts-first-password-consequence = The old password is void at once and the person is signed out everywhere. The new first password is shown once, and has to be changed at the first sign-in.
accounts-first-password-text = Hand it to its owner in a safe way. It has to be changed at the first sign-in.
accounts-first-password-was-shown = The first password was set and shown before
accounts-first-password-was-shown-text = It is shown once only. If it was not written down, go back and set another.
accounts-shown-once = Shown this once only
accounts-back = Back to the account
accounts-clear-second-factor = Take the second factor away
accounts-clear-second-factor-consequence = Only when the owner has lost both phone and recovery codes and you have seen for yourself who it is. They have to enrol anew before they can go on.
accounts-erase-title = Personal information
accounts-erase = Erase what is told of this person
accounts-erase-consequence = Name, identity number, phone, and every text about this person become unreadable for ever, in the record too: the keys to them are destroyed, and nobody can bring them back. Points, grades, and that things were done remain, and every proof stays valid. It can't be done while the person is appraised in a cycle that is not closed.
accounts-erase-hint = The document that decides it, with its number.
accounts-lock-title = Locking
accounts-lock = Lock the account
accounts-lock-hint = The reason goes into the ledger. Locking counts at once: the person is signed out everywhere.
accounts-unlock = Unlock the account
accounts-history = What happened to it
accounts-by-console = The server's console
accounts-done-by = What was done with this account
role-means-hr_officer = Imports data, opens cycles, reviews scores and slates, runs publicity and appeals. Of one unit: only what is that unit's.
role-means-inspector = Reads all appraisals and findings and changes none. Needs a second factor.
role-means-approver = Gives the last signature under an outcome.
role-means-system_admin = Opens and locks accounts and sets first passwords. Grants no role and sees no appraisal. Needs a second factor.
role-means-security_admin = Grants roles and takes them back, never to themself. Sees no appraisal. Needs a second factor.
role-means-audit_admin = Reads the ledger of everyone, the other administrators too, and checks it. Needs a second factor.
policy-never-both-factors = One administrator can't replace both the password and the second factor; ask another system administrator.
policy-not-lock-oneself = Nobody locks their own account; ask another system administrator.
refusal-role-of-authority = Only HR officers can be of one unit; leave the unit empty and grant again.
refusal-unit-unknown = There is no such unit; choose another.
refusal-secret-missing = Passwords and second factors are set on their own pages; go to "My account".

## The signing key
account-signing-key = Signing key
account-no-signing-key = Not enrolled. You may do without.
account-signing-key-open = Signing key
signing-key-title = Signing key
signing-key-lead = With a key of your own nobody can score, approve or decide in your name, not even whoever runs the server. It is up to you.
signing-key-present = In force
signing-key-since = Since
signing-key-enrol = Enrol a key
signing-key-replace = Enrol another key
signing-key-enrol-text = From then on each of your scores, approvals and verdicts is signed with it, and refused without. The secret part stays with you; only the public part is recorded.
signing-key-make-text = This browser can make a key that never leaves it. You then sign in this browser only; if you clear its data or change the phone, retire the key and enrol another.
signing-key-make = Make a key in this browser
signing-key-made = The key is made. Go on with the button below.
signing-key-failed = This browser can't make such a key. Use a key file.
signing-key-file = With a key file
signing-key-file-text = On your own machine; it prints the public key. With --purpose person-sm2 it is one of SM2.
signing-key-public = Public key
signing-key-public-hint = name+id+letters
signing-key-next = Next: sign with it
signing-key-retire = Retire the key
signing-key-retire-consequence = Your acts are then no longer signed. What was signed stays signed. If you did not ask for this, somebody else is in your account.
signing-title = Sign
signing-lead = Read what you are about to do, then sign it.
signing-what = What is signed
signing-what-text = The last line holds all that you entered, as it is recorded.
signing-here = Sign in this browser
signing-here-text = Your key is in this browser.
signing-sign = Sign and send
signing-failed = It could not be signed here
signing-failed-text = Sign the text with your key elsewhere and paste the signature.
signing-elsewhere = Sign elsewhere
signing-elsewhere-text = The key is not in this browser. Sign the text with your key file: copy the text into the command, or name a file that holds it.
signing-signature = Signature
signing-signature-hint = The letters that the command prints.
signing-send = Send with this signature
