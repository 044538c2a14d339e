common-product = Mingjing

## Dates; the letters are those of strftime
common-day-pattern = %-d %b %Y
common-moment-pattern = %-d %b %Y, %H:%M
common-monday = (Mon)
common-tuesday = (Tue)
common-wednesday = (Wed)
common-thursday = (Thu)
common-friday = (Fri)
common-saturday = (Sat)
common-sunday = (Sun)

## Deadlines, in working days
common-deadline-ahead = { $n ->
    [one] By {$day}, 1 working day left
   *[other] By {$day}, {$n} working days left
}
common-deadline-today = Due today, {$day}
common-deadline-past = { $n ->
    [one] 1 working day late, was due {$day}
   *[other] {$n} working days late, was due {$day}
}
