# 监督总览。

nav-supervision = 监督
area-supervision = 考核进度、等次和得分分布、历年数字
supervision-title = 监督总览
supervision-lead = 点击图中的单位、级别或探测项，可查看对应的名单或线索；每张图下方有同样内容的数据表。图表只提示从哪里看起，不是结论。
supervision-show = 查看
supervision-export = 导出此表
supervision-nothing = 暂无数据。
supervision-empty = 还没有考核周期
supervision-empty-text = 启动考核后，这里显示进度和分布。

supervision-done = 已办完
supervision-of = 共 { $n } 人
supervision-top = 最高等次比例（含拟定）
supervision-beyond = { $n } 个单位超出界限
supervision-open = 待核查：违反规则和难以用偶然解释的
supervision-watched = 另有 { $n } 条值得留意
supervision-in-year = { $year } 年

supervision-progress = 各单位进度
supervision-progress-lead = 各单位的考核表处于哪一步。
supervision-people = 人数
supervision-done-share = 办完（%）

supervision-trend = 完成趋势
supervision-trend-lead = 截至每一天，累计有多少人完成了这一步。
supervision-day = 日期
supervision-goals = 目标已确认
supervision-scored = 综合分已定
supervision-fixed = 等次已定
supervision-signed = 结果已签署

supervision-shares = 最高等次比例与同类比较
supervision-shares-lead = 一点为一个单位，按已拟定或已定的等次计：越往右人数越多。人数越少，比例的偶然波动越大，所以界限左宽右窄。超出界限的值得核实，也可能确有原因。
supervision-graded = 参加评定人数
supervision-top-held = 拟定或已定最高等次
supervision-share = 最高等次（%）
supervision-place = 位置
supervision-within = 界限之内
supervision-beyond-usual = 超出 95% 界限
supervision-beyond-rare = 超出 99.8% 界限
supervision-limit-usual = 95% 界限
supervision-limit-rare = 99.8% 界限
supervision-all-units = 全部单位

supervision-scores = 各单位综合得分
supervision-scores-lead = 箱体为中间一半人的得分，中线为中位数，两端为最低和最高。
supervision-points = 分
supervision-least = 最低
supervision-lower = 下四分位
supervision-median = 中位数
supervision-upper = 上四分位
supervision-most = 最高

supervision-contradictions = 数据来源相互矛盾
supervision-contradictions-lead = 不分周期。同一个人或单位，一处数据与另一处不符：如等次为优秀而考勤、学时、项目进度不支持。

supervision-queue = 待核查线索的级别和时长
supervision-queue-lead = 不分周期。每条线索从提出到现在等了多久。
supervision-days-open = 已等待
supervision-age = { $from }—{ $to } 天
supervision-age-over = { $from } 天以上

supervision-years = 历年数字
supervision-years-lead = 不分周期。本机关自己的三个数字：收到的投诉（异议、申诉、反映）、考核从启动到办结的天数、满意度（两个问题中答“满意”“很满意”的比例）。答复不足五份、或答案全部相同的不公布。
supervision-year = 年份
supervision-complaints = 投诉
supervision-objections = 异议
supervision-appeals = 申诉
supervision-tips = 反映
supervision-cycle-days = 启动到办结（天）
supervision-satisfaction = 满意度（%）
supervision-answers = { $asked } 人中 { $answered } 人答复
supervision-none = 无
