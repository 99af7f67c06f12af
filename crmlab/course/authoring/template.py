"""A small script to start from: playable as it is, each key explained where it first stands."""

from __future__ import annotations

import re

from crmlab.language import _, tr

_COMMENTS = {
    "top": _(
        "A role-play script: a talk in which the trainee chooses what to say. This small one can be played as it is: change it line by line, and check it now and then."
    ),
    "commands": _("check: crmlab script check {file}   try: crmlab script play {file}   draw: crmlab script show {file} --out {drawing}"),
    "yaml": _(
        "Lines that begin with # are notes and are not read. Indentation counts: use spaces, never tabs. Keep every text in double quotation marks, with a plain colon and a space after each key."
    ),
    "id": _("id: a name in one word; in the course it is the file's name."),
    "title": _("title: what the trainee sees above the talk. Every text stands in English (en) and Chinese (zh)."),
    "setting": _("setting: who the trainee is, who is calling, what is at stake, what can be offered. Numbers and times help."),
    "customer": _("customer: the name that stands beside what the customer says."),
    "mood": _("mood: the customer's mood at the beginning: 1 furious, 2 annoyed, 3 waiting, 4 calm, 5 pleased."),
    "trust": _("trust: how far the customer believes you at the beginning, from 0 (not at all) to 5."),
    "start": _("start: the node at which the talk begins."),
    "nodes": _("nodes: everything that the customer says. Each node has a name of your choosing in one word; choices lead to it."),
    "says": _("says: what the customer says here."),
    "choices": _("choices: what the trainee may answer, two to four. Each begins with “- text:”. Let the good one stand at different places, and be no longer than the others."),
    "step": _("step: the one of the seven steps that this answer does: sympathy, ask, confirm, want, offer, agree, follow_up. Leave the line out if it does none."),
    "change": _("mood and trust: what the answer changes, from -2 to 2. Leave the line out if nothing."),
    "why": _("why: shown after the choice: why it helps or hurts. Say what the customer hears; do not scold."),
    "to": _("to: the node that comes next. It may be one where the talk has been before, as long as there is a way out."),
    "better": _("better: a better line; the debrief shows it. Write one for every answer that hurts."),
    "routes": _(
        "to may depend on how the talk went: the first line whose conditions hold is taken, the last line has none. Conditions: mood_min, mood_max, trust_min, trust_max, and done or not_done with a list of steps."
    ),
    "ending": _("ending: the talk ends here: good, fair or bad. mood is the mood at the end; without it, it stays as it came."),
    "debrief": _("debrief: what this ending shows."),
}

_TEXT = """\
#:top
#:commands
#:yaml

#:id
id: {id}
#:title
title:
  en: "The machine stands still"
  zh: "机器停了"
#:setting
setting:
  en: "On the telephone, Friday, 7:10. You are on the service desk of a firm that leases coffee machines. Ms Lin runs a café beside the station; her only machine has failed, for the second time this month. You have: a technician who is free from 9:00, and a small spare machine in the store, half an hour away."
  zh: "电话，周五 7:10。你在一家咖啡机租赁公司做客服。林老板在车站旁开咖啡馆，店里唯一的机器坏了，本月第二次。你手上有：一位 9:00 起有空的技师，仓库里一台小备用机，送到要半小时。"
#:customer
customer:
  en: "Ms Lin"
  zh: "林老板"
#:mood
mood: 2
#:trust
trust: 2
#:start
start: opening

#:nodes
nodes:
  opening:
#:says
    says:
      en: "It has stopped again. The queue goes out to the street, and I am sending people away!"
      zh: "又停了。队都排到街上了，我只能一个个请人走！"
#:choices
    choices:
      - text:
          en: "Have you switched it off and on again? Nine times out of ten that is all it needs."
          zh: "您关机重启过吗？十次有九次，重启一下就好了。"
#:change
        mood: -1
        trust: -1
#:why
        why:
          en: "Perhaps it is so. She hears that you think her slow, and that you have not heard the queue."
          zh: "也许真是这样。可她听到的是：你觉得她笨，也没听见她在说排队。"
#:better
        better:
          en: "Sending your guests away on a Friday morning: that hurts. I stay with you until it is solved."
          zh: "周五早上还要把客人请走，真让人着急。我陪您到解决为止。"
#:to
        to: opening_again
      - text:
          en: "A queue to the street, and for the second time this month. I am sorry."
          zh: "队排到了街上，这个月已经第二次了。实在对不起。"
#:step
        step: sympathy
        mood: 1
        trust: 1
        why:
          en: "You name what it means to her, before anything else."
          zh: "什么都没说之前，先说出了这对她意味着什么。"
        to: details

  opening_again:
    says:
      en: "Do you hear what I am saying? There are people standing here!"
      zh: "你听见我说什么了吗？人都站在这儿呢！"
    choices:
      - text:
          en: "I hear it. You have a full house and no coffee, and it is our machine. I am sorry."
          zh: "听见了。满屋客人没有咖啡，毛病出在我们的机器上。对不起。"
        step: sympathy
        mood: 1
        trust: 1
        why:
          en: "Late, but it is said, and without a “but”."
          zh: "晚了一点，但说出来了，而且没有加“但是”。"
        to: details
      - text:
          en: "Let us go through it calmly. First, what does the display say?"
          zh: "咱们冷静地一步步来。先看看，屏幕上显示什么？"
        mood: -2
        why:
          en: "Who is told to be calm is seldom calmed by it."
          zh: "让人冷静，很少能使人冷静。"
        better:
          en: "I hear it. You have a full house and no coffee."
          zh: "听见了。满屋客人没有咖啡。"
        to: hangs_up

  details:
    says:
      en: "All right. So what happens now?"
      zh: "好吧。那现在怎么办？"
    choices:
      - text:
          en: "What does it still do, and how long does your rush last?"
          zh: "它现在还能做什么？您的早高峰要到几点？"
        step: ask
        trust: 1
        why:
          en: "Two open questions; the second is about her, not about the machine."
          zh: "两个开放式问题，第二个问的是她，而不是机器。"
        to: facts
      - text:
          en: "A technician is with you at nine. That is the earliest we have."
          zh: "技师九点到您那儿，这是我们最早的时间。"
        step: offer
        mood: -1
        why:
          en: "A fair offer, made blind: at nine her rush is over."
          zh: "方案不差，但没问清楚：九点她的早高峰已经过了。"
        better:
          en: "How long does your rush last?"
          zh: "您的早高峰要到几点？"
        to: too_late

  too_late:
    says:
      en: "At nine they have all had their coffee, somewhere else."
      zh: "到九点，人家早在别处喝完了。"
    choices:
      - text:
          en: "Then I began at the wrong end. What does it still do, and until when do they come?"
          zh: "那我问反了。它现在还能做什么？客人会来到几点？"
        step: ask
        mood: 1
        why:
          en: "You own up to it in half a sentence and ask."
          zh: "半句话认错，马上问清楚。"
        to: facts
      - text:
          en: "I am afraid it cannot be done sooner: our technicians are all out on the road at this hour."
          zh: "恐怕没法更早了，这个钟点技师们都在外面跑。"
        mood: -1
        trust: -1
        why:
          en: "It could: you have not looked at the store."
          zh: "可以更早：你还没查过仓库。"
        better:
          en: "Let me see what stands in our store, half an hour from you."
          zh: "我查一下仓库，离您那儿半小时。"
#:routes
        to:
          - to: hangs_up
            trust_max: 1
          - to: makes_do

  facts:
    says:
      en: "Hot water, nothing else. And they come until half past nine."
      zh: "只出热水，别的都不行。客人要来到九点半。"
    choices:
      - text:
          en: "Well, hot water: so you could sell tea this morning, couldn't you?"
          zh: "有热水啊，那今天早上卖茶不就行了？"
        mood: -1
        why:
          en: "Meant to help, and it makes little of her trouble."
          zh: "本想帮忙，却把她的难处说小了。"
        better:
          en: "So: hot water only, and guests until half past nine?"
          zh: "也就是说：只有热水，客人来到九点半？"
        to: makes_do
      - text:
          en: "So: hot water only, guests until half past nine, and it is the second time. Is that all of it?"
          zh: "也就是说：只有热水，客人来到九点半，而且是第二次。还有别的吗？"
        step: confirm
        mood: 1
        why:
          en: "She hears that it has arrived, and can add what is missing."
          zh: "她听到你听明白了，还能补充。"
        to: confirmed

  confirmed:
    says:
      en: "That is all of it. Nobody has said it back to me before."
      zh: "就这些。以前从没人跟我核对过。"
    choices:
      - text:
          en: "What would save this morning for you?"
          zh: "怎样才能保住您今天早上的生意？"
        step: want
        mood: 1
        trust: 1
        why:
          en: "You ask for what she wants; it is often less than you fear."
          zh: "问她要什么；往往没有你担心的那么多。"
        to: wish
      - text:
          en: "I send you the spare machine now, it is with you by eight; the technician comes at nine. Or the technician alone?"
          zh: "我现在就派备用机，八点前到；技师九点来。还是只要技师？"
        step: offer
        mood: 1
        why:
          en: "Quick, and with two ways to choose from. What she wants, you have guessed."
          zh: "很快，还给了两个选择。不过她要什么，是你猜的。"
        to: offered

  wish:
    says:
      en: "Any machine at all, before eight. And that somebody tells me why it fails."
      zh: "什么机器都行，八点前要有。还有，得有人告诉我为什么老坏。"
    choices:
      - text:
          en: "I promise you that this machine will not fail again. I shall see to it in person, you have my word on that."
          zh: "我向您保证，这台机器不会再坏了。我亲自盯着，说到做到。"
        trust: -2
        why:
          en: "Nobody can promise that, and she knows it."
          zh: "这谁也保证不了，她心里清楚。"
        better:
          en: "A small spare machine by eight, and the technician finds out why."
          zh: "八点前送一台小备用机，技师来查原因。"
        to: makes_do
      - text:
          en: "A small spare machine by eight, or the technician at half past eight instead of nine: which is better for you?"
          zh: "八点前送一台小备用机，或者让技师提前到八点半来，您看哪个好？"
        step: offer
        mood: 1
        why:
          en: "One thing that you can do, and an alternative."
          zh: "一件你能做到的事，再加一个备选。"
        to: offered

  offered:
    says:
      en: "The spare machine. Now."
      zh: "备用机。马上。"
    choices:
      - text:
          en: "I pass it on to our store at once; they will see what is there and get back to you as soon as they can."
          zh: "我马上转告仓库，他们看看有什么货，会尽快联系您。"
        mood: -1
        trust: -1
        why:
          en: "She has to wait again, and for somebody she does not know."
          zh: "她又得等，等一个不认识的人。"
        better:
          en: "It leaves now and is with you before eight."
          zh: "现在就出发，八点前到您那儿。"
        to: makes_do
      - text:
          en: "It leaves now and is with you before eight; the technician comes at nine. Agreed?"
          zh: "现在就出发，八点前到您那儿；技师九点到。就这么定？"
        step: agree
        trust: 1
        why:
          en: "Who does what by when, and her yes."
          zh: "谁、做什么、什么时候，再加上她的一声“好”。"
        to: agreed

  agreed:
    says:
      en: "Agreed. If it comes."
      zh: "行。只要真的来。"
    choices:
      - text:
          en: "It will come. Have a nice day!"
          zh: "会来的。祝您愉快！"
        why:
          en: "Friendly, and nobody checks whether it came."
          zh: "很客气，可没人去核实到底来没来。"
        to: makes_do
      - text:
          en: "I ring you at ten past eight: does it make coffee? And on Monday you hear why it failed."
          zh: "八点十分我打给您，看它出不出咖啡。周一告诉您为什么坏。"
        step: follow_up
        mood: 1
        trust: 1
        why:
          en: "You say when you will ask whether it was done."
          zh: "说好什么时候回访。"
        to: stays

#:ending
  stays:
    ending: good
    mood: 5
    says:
      en: "At ten past eight, then. Wait, I need your name: I have never had one to ask for here."
      zh: "那就八点十分。等等，你叫什么名字？我在你们那儿还从来没有个能找的人。"
#:debrief
    debrief:
      en: "Feelings first, then the matter, and a time to ring back. The machine still failed; she stays because somebody stayed with her."
      zh: "先处理心情，再处理事情，还约好了回电时间。机器照样坏过，她留下来，是因为有人一直管到底。"

  makes_do:
    ending: fair
    says:
      en: "I see. I will manage somehow. Until the lease ends, anyway."
      zh: "知道了。我自己想办法吧，反正租约也快到期了。"
    debrief:
      en: "Something will be done, but she does not know what, or by when. Which of the seven steps was missing?"
      zh: "事情会有人办，可办什么、几时办完，她不知道。七步里缺了哪一步？"

  hangs_up:
    ending: bad
    mood: 1
    says:
      en: "You know what? There is another firm across the street. (hangs up)"
      zh: "算了，对面就有另一家。（挂断）"
    debrief:
      en: "You asked about the machine, and she was talking about her guests. Which line would have shown that you heard her?"
      zh: "你问的是机器，她说的是客人。说哪句话，才能让她知道你听见了？"
"""


def template(file: str) -> str:
    """The small script as YAML for a file of that name, with its notes in the language in force.

    >>> template("new-talk.yml").splitlines()[0][:24]
    '# A role-play script: a '
    """
    stem = file.rsplit(".", 1)[0]
    word = re.sub(r"[^\w-]+", "-", stem).strip("-_").lower() or "my-script"
    lines = []
    for line in _TEXT.splitlines():
        if line.startswith("#:"):
            said = tr(_COMMENTS[line[2:]])
            said = said.replace("{file}", file).replace("{drawing}", f"{stem}.html")
            lines += [f"# {part}" for part in said.splitlines()]
        else:
            lines.append(line)
    return "\n".join(lines).replace("id: {id}", f'id: "{word}"', 1) + "\n"
