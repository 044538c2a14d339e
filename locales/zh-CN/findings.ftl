# 家庭情况申报、风险线索。

nav-declarations = 申报
area-declarations = 家庭情况申报：每年一次，有变化及时报
nav-findings = 线索
area-findings = 值得核实的情况，由纪检人员核查

declaration-title = 家庭情况申报
declaration-lead = 涉及亲属的事项应当回避。这里申报的亲属，您不参与其考核，他们也不参与您的考核。
declaration-own = 我的申报
declaration-all = 申报进度
declaration-all-lead = 谁已申报、谁还没有。这里不显示申报内容：只有纪检人员可查看利益关联，每次查看均留痕。
declaration-asked = 请完成 {$year} 年度家庭情况申报
declaration-asked-text = 请核对下面的名单。没有变化的，直接提交即可。
declaration-newest = 最近一次申报：{$when}。
declaration-family = 配偶、父母、子女、兄弟姐妹及其他近亲属
declaration-hint = 每次申报的是完整名单：有误的改正，填错的清空，遗漏的补上。家庭情况发生变化的，{$days} 日内申报。
declaration-sealed = 姓名和身份证号加密保存，同事和人事均看不到；纪检人员查看会留痕，您可以看到。
declaration-line = 亲属 {$n}
declaration-relation = 与本人关系
declaration-relation-hint = 如：配偶、父亲、女儿、岳母
declaration-name = 姓名
declaration-id-number = 身份证号
declaration-id-number-hint = 只按身份证号比对，不按姓名。不清楚的可不填，由工作人员核实。
declaration-employer = 工作单位
declaration-since = 起始日期
declaration-since-hint = 关系开始之日：结婚、出生、收养
declaration-until = 终止日期
declaration-until-hint = 关系已结束的：如离婚
declaration-more-hint = 提交后会有新的空行，可继续填写。
declaration-declare = 申报
declaration-history = 申报记录
declaration-none = 您还没有申报过。
declaration-made = { $n ->
    [0] 申报：无
   *[other] 申报亲属 {$n} 人
}
declaration-by-you = 本人
declaration-nobody = 此账号不属于花名册上的人员
declaration-nobody-text = 家庭情况由本人用自己的账号申报。
declaration-state = 状态
declaration-waits = 已通知，未申报
declaration-declared = 已申报
declaration-not-asked = 未申报
declaration-year = 年度
declaration-due = 截止
declaration-when = 申报时间
declaration-list-all = 全部人员
declaration-list-waiting = 已通知未申报
declaration-ask = 通知全体人员申报本年度情况
declaration-ask-hint = 本年度已通知过的不重复通知；之后新进人员会补通知。
declaration-all-done = 没有遗漏
declaration-all-done-text = 已通知的人员均已申报。

findings-title = 风险线索
findings-lead = 线索是待核实的问题，不是结论。线索不改变任何评分和等次，听取当事人说明后，写明理由办结。
findings-open = 待核查
findings-silenced = 暂缓
findings-closed = 已办结
findings-check = 立即比对全部利益关联
findings-filter = 筛选
findings-from = 提出日期从
findings-to = 提出日期至
findings-empty = 没有线索
findings-empty-text = 登记信息和申报有变化时会自动比对。

finding-lead = 待核实的问题，不是结论。
finding-what = 线索
finding-about = 涉及人员
finding-number = 工号
finding-level = 级别
finding-level-rule = 违反规则
finding-level-alert = 难以用偶然解释
finding-level-watch = 值得留意
finding-stage = 状态
finding-stage-raised = 新线索
finding-stage-assigned = 核查中
finding-stage-asked = 待本人说明
finding-stage-answered = 本人已说明
finding-stage-silenced = 暂缓
finding-stage-closed = 已办结
finding-raised = 发现时间
finding-due = 核查期限
finding-disposition = 处置
finding-found = 发现的情况
finding-gone = 按目前的登记和申报，此情况已不再出现。
finding-erased = 相关内容已随该人员的个人信息一并删除。
finding-basis = 依据：
finding-innocent = 可能的正常原因
finding-places = 数据依据
finding-row = {$table} 第 {$n} 行
finding-untaken = 登记数据的各行，由承办这条线索的纪检人员查看。
finding-line = 您申报的第 {$n} 行
finding-look = 查看利益关联
finding-history = 办理过程
finding-others = 其他相关人员
finding-holder = 承办人
finding-silenced-until = 暂缓至
finding-reply-by = 请于 {$day} 前说明
finding-rests = 暂缓至 {$day}
finding-reply = 情况说明
finding-reply-hint = 请您就此作出说明。您的说明随线索保存，由办结人审阅。
finding-reply-text = 说明内容
finding-reply-send = 提交说明
finding-ask = 请本人说明
finding-ask-hint = 通知后，本人可以看到本页（登记数据的各行除外），并在期限内说明。
finding-ask-send = 通知本人
finding-assign = 指定承办人
finding-assign-send = 指定
finding-close = 办结
finding-close-send = 办结
finding-reasons = 理由
finding-reasons-hint = 已通知本人说明的，本人可以看到。
finding-confirming-match = 按“属实”办结后，该行即视为所列人员，据此认定利益关联。
finding-silence = 暂缓
finding-silence-hint = 在所选日期前不再列出，最长一年，到期恢复。不删除任何内容。
finding-until = 截止日期
finding-silence-send = 暂缓
finding-reopen = 重新核查
finding-reopen-send = 重新核查

disposition-confirmed = 属实
disposition-confirmed-hint = 情况属实。须已通知本人说明。
disposition-corrected = 已更正
disposition-corrected-hint = 原属实，现已更正，如补充申报。
disposition-explained = 说明属实
disposition-explained-hint = 有正当理由。
disposition-unfounded = 不属实
disposition-unfounded-hint = 情况不存在。

finding-undeclared_tie = 应报未报亲属
finding-undeclared_tie-sentence = { $other ->
    [none] 户籍信息显示{$name}有一名{ $relation ->
        [spouse] 配偶
        [parent] 父母
        [child] 子女
       *[sibling] 兄弟姐妹
    }，本人未申报。
   *[other] 户籍信息显示{$other}是{$name}的{ $relation ->
        [spouse] 配偶
        [parent] 父母
        [child] 子女
       *[sibling] 兄弟姐妹
    }，{$name}未申报。
}
finding-undeclared_tie-innocent = 亲属可能已去世或长期在外，申报早于情况变化，或登记信息有误、滞后。
finding-undeclared_tie-basis = 公务员法 74、77；申报应列明近亲属。
finding-declared_otherwise = 申报与登记不一致
finding-declared_otherwise-sentence = { $kind ->
    [parent] {$name}申报的父亲或母亲与户籍登记不同。
    [spouse] {$name}申报的配偶与户籍登记不同。
   *[sibling] {$name}申报为兄弟姐妹的人，户籍登记中与其没有共同的父母。
}
finding-declared_otherwise-innocent = 把继父母、养父母称为父母，按习惯把堂表亲称为兄弟姐妹，婚姻尚未登记入户，或身份证号填错。
finding-declared_otherwise-basis = 公务员法 74、77
finding-register_unsound = 登记信息矛盾
finding-register_unsound-sentence = { $kind ->
    [two_parents] 登记信息中{$name}有两名父亲或两名母亲。
    [two_spouses] 登记信息中{$name}同时有一名以上配偶。
    [wrong_sex] 与{$name}有关的登记把女性记为父亲或把男性记为母亲。
    [too_young] 与{$name}有关的登记中，父母不比子女年长。
    [two_kinds] 登记信息中{$name}与同一人有两种互斥的亲属关系。
   *[own_ancestor] 登记信息中{$name}成了自己的祖辈。
}
finding-register_unsound-innocent = 多为登记差错：身份证号录错、离婚未登记、列填反。
finding-register_unsound-basis = 本地规则
finding-declared_late = 逾期申报变化
finding-declared_late-sentence = {$name}于{$declared}申报了{$changed}发生的家庭变化。
finding-declared_late-innocent = 患病、驻外，或日期填错。
finding-declared_late-basis = 领导干部报告个人有关事项规定（参照）；regimes/recusal.toml
finding-likely_match = 缺身份证号的记录
finding-likely_match-sentence = { $other ->
    [none] 一行记录只有姓名没有身份证号，其所指有 {$percent}% 的可能是登记信息中的某人，即{$name}本人或其亲属。
   *[other] 一行记录只有姓名没有身份证号，其所指有 {$percent}% 的可能是{$other}。
}
finding-likely_match-innocent = 同名同姓。百分比只表示姓名、性别、年龄、单位的吻合程度。
finding-likely_match-basis = 不凭姓名认定亲属：公务员法 74 以具体的人为准。
finding-posts_apart = 任职回避
finding-posts_apart-sentence = {$name}与{$other}为{ $class ->
    [spouse] 夫妻
    [lineal] 直系血亲
    [collateral] 三代以内旁系血亲
   *[near_affinity] 近姻亲
}，{ $kind ->
    [direct_leader] 且{$other}是{$name}的直接领导。
    [same_leader] 且两人直接隶属于同一领导。
   *[sensitive_post] 且{$name}在{$other}领导的单位从事“{$word}”工作。
}
finding-posts_apart-innocent = 因地域或工作性质特殊可变通执行（公务员法七十四条），或正在办理调整，或花名册未更新。
finding-posts_apart-basis = 公务员法 74

findings-scan = 立即扫描全部数据
findings-scan-itself = 系统
findings-scan-began = { $who }于{ $when }扫描。
findings-scan-running = 正在扫描
findings-scan-came = { $found ->
    [0] 未发现线索。
   *[other] 现有数据中有 { $found } 条线索，新登记 { $raised } 条。
}{ $nobody ->
    [0] {""}
   *[other] 其中 { $nobody } 条所涉对象不在花名册中。
}
findings-scan-failed = 扫描失败
findings-scan-failed-text = 原因见服务器日志。没有改动任何内容，排除故障后请重新扫描。
finding-picture = 与同类相比
finding-behind = 相关数据
finding-behind-hint = 线索登记时的数据，工号、编码与来源系统一致。
finding-more-rows = 另有 { $n } 行未显示。
finding-versions = 探测器 { $detector }，版本 { $hash }；数据 { $facts }

findings-about = 仅显示涉及{ $name }的线索。
findings-everybody = 显示全部
warning-title = 风险预警
warning-lead = 先看哪里：今后十二个月内出现线索、并且查明属实的可能性。
warning-question = 这只是先看哪里的问题
warning-question-text = 预警不产生线索，也不改变任何线索、评分和等次；不能作为要求任何人说明的理由，更不能作为对任何人不利的依据。
warning-how = 怎样得出，有何局限
warning-how-text = 只从已办结线索的处置中学习。此前查明属实（含已更正）的线索，以及尚未办结的各级线索，计为信号；每过一年，一条线索只按一半计。情况说明属实和不属实的线索一律不计。信号增多，可能性只升不降。
warning-limits = 从未出现过线索的单位和人员不在其中；涉及您本人或与您有利益关联者的线索，也不计入您看到的结果。看得多的地方，发现的也多，预警会因此越来越偏向那里，其他地方同样要看。全单位的线索归在其负责人所在单位名下；人员调动后，以前的线索仍随本人。
warning-units = 单位
warning-assessors = 评价人
warning-silent = 已处置的线索还不够，暂不预警
warning-silent-text = 已有 { $confirmed } 个有属实线索、{ $others } 个没有属实线索的年度情形，分布在 { $periods } 年。至少需要 { $wanted_confirmed } 个、{ $wanted_others } 个和 { $wanted_periods } 年。此前出现过线索的一个单位或一名评价人，一年算一个情形；该年仍有线索未办结、且无一属实的，不计。
warning-standings = { $what }：从可能性最大的看起
warning-more = 另有 { $n } 个，见导出的文件。
warning-kind = 类别
warning-probability = 一年内可能性
warning-reasons = 依据
warning-findings = 以往线索
warning-findings-n = { $n } 条
warning-of-a-hundred = { $word }：一百个同样情形中约 { $n } 个
warning-chance-seldom = 很少
warning-chance-sometimes = 偶有
warning-chance-often = 较常
warning-chance-mostly = 多半
warning-no-reason = 没有特别的依据，按一般比例
warning-share = { $signal }（占 { $share }）
warning-signal-confirmed = 已属实 { $n } 条
warning-signal-rule = 未办结的“违反规则” { $n } 条
warning-signal-alert = 未办结的“难以用偶然解释” { $n } 条
warning-signal-watch = 未办结的“值得留意” { $n } 条
warning-verdict-better = 优于只数线索
warning-verdict-better-text = 在以往年度，这种预警比只数以往线索的条数更准，难以用偶然解释。
warning-verdict-alike = 未见优于只数线索
warning-verdict-alike-text = 在以往年度，这种预警没有比只数以往线索的条数更准，差别可能出于偶然或小到不值一提。看条数同样可以。
warning-verdict-worse = 不如只数线索
warning-verdict-worse-text = 在以往年度，只数以往线索的条数比这种预警更准。请以条数为准。
warning-measures = 以往准不准
warning-measures-note = 共 { $n } 个年度情形，其中 { $confirmed } 个属实。预测每一年时，都没有用到那一年的任何处置。
warning-by = 预测方法
warning-by-model = 风险预警
warning-by-count = 只数以往线索（同样校准）
warning-by-rate = 一律按一般比例
warning-brier = 布里尔分（0 最好）
warning-log-loss = 对数损失（0 最好）
warning-auc = AUC（1 最好，0.5 等于没有）
warning-precision = 每年前 { $n } 个中属实的
warning-groups = 预测与实际
warning-groups-note = 按预测的可能性由小到大分为五组，每组预测的平均值应与实际比例相近。每年前若干个最多取该年的五分之一。
warning-group = 组别
warning-group-n = 第 { $n } 组
warning-cases = 情形数
warning-predicted = 平均预测
warning-happened = 实际属实
