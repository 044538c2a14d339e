api-no-json = The body is no JSON: {$detail}. Correct it and send it again.
api-body-unfit = The body does not fit its description: {$detail}. Compare it with /api/openapi.json and send it again.
api-act-unknown = There is no act called “{$act}”. The acts are listed in /api/openapi.json under Act.
api-slice-unfit = “limit” is a whole number from 1 to {$most}, and “after” is what “next” was in the answer before.
api-token-unfit = The header “x-csrf-token” is missing or is not this session’s. GET /api/session tells the right one.
api-bad-input-next = Nothing has been changed. Correct the request and send it again.
