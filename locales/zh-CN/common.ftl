common-product = 明镜

## 日期；字母是 strftime 的写法
common-day-pattern = %Y年%-m月%-d日
common-moment-pattern = %Y年%-m月%-d日 %H:%M
common-monday = 周一
common-tuesday = 周二
common-wednesday = 周三
common-thursday = 周四
common-friday = 周五
common-saturday = 周六
common-sunday = 周日

## 期限，按工作日计
common-deadline-ahead = {$day}前，还剩 {$n} 个工作日
common-deadline-today = 今天截止（{$day}）
common-deadline-past = 已超期 {$n} 个工作日（{$day}截止）
