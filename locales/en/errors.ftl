error-home = To the home page
error-basis = Basis: {$basis}
error-incident = Incident number:

error-not-found = There is no such page
error-not-found-what = Nothing is kept at this address, or it is not yours to see.
error-not-found-next = Check that the address is whole, or start from the home page. If a colleague sent you the link, ask them about it.

error-forbidden = You may not do this
error-forbidden-next = If you think this is wrong, tell the HR department of your unit, with the reason above.

error-refused = This cannot be done now
error-refused-next = Nothing has been changed. Go back, do what is said above, and try again.

error-bad-input = The request makes no sense
error-bad-input-what = What was sent could not be understood. The page may have been open for too long, or the address was altered.
error-bad-input-next = Nothing has been changed. Go back, reload the page and fill it in again; the text you wrote will be brought back.
error-media-type-what = What you sent is of a kind that is not taken here. Programs send JSON, with the header “content-type: application/json”.
error-elsewhere-what = This was sent from another site’s page, so it was not done. Open the page here and send it from there.
error-too-large-what = What you sent is larger than is allowed. Compress the file, or send it in parts.

error-busy = The system is busy
error-busy-what = The request was not finished in the time it had.
error-busy-next = Wait a minute and try again. What is sent twice is done once.

error-sign-in = Please sign in
error-sign-in-what = You are not signed in, or your session has ended.
error-sign-in-next = Sign in and try again.

error-internal = Something broke
error-internal-what = This is not your fault. It has been recorded, and nothing was left half done.
error-internal-next = Try again later. If it still fails, tell the system administrator the incident number below.
