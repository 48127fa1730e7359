"""What does an encoder that has read several languages, never aligned, know of how they belong together?

Three questions: does what it learns of a task in one language help in another (Hsu, Liu & Lee 2019, arXiv:1909.09587),
do words lie close to their translations, and from how much data on (Liu et al. 2020, arXiv:2010.10041, section 3),
and is the language of a text one vector that can be taken away or exchanged (the same, sections 4 and 5)?
"""
