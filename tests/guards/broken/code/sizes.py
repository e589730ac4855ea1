def long():
    print('one line of many')
    print('one line of many')
    print('one line of many')
    print('one line of many')
    print('one line of many')
    print('one line of many')
    print('one line of many')
    print('one line of many')
    print('one line of many')
    print('one line of many')
    print('one line of many')
    print('one line of many')
    print('one line of many')
    print('one line of many')
    print('one line of many')
    print('one line of many')
    print('one line of many')
    print('one line of many')
    print('one line of many')
    print('one line of many')
    print('one line of many')
    print('one line of many')
    print('one line of many')
    print('one line of many')
    print('one line of many')
    print('one line of many')
    print('one line of many')
    print('one line of many')
    print('one line of many')
    print('one line of many')
    print('one line of many')
    print('one line of many')
    print('one line of many')
    print('one line of many')
    print('one line of many')
    print('one line of many')
    print('one line of many')
    print('one line of many')
    print('one line of many')
    print('one line of many')
    print('one line of many')


def wide(one, two, three, four, five, six):
    pass


def idle(one, two, three, four, five, six):  # waiver: needed
    pass


def waived(one, two, three, four, five, six):  # waiver: the six columns of the form that the law prescribes
    pass


class Method:
    def five(self, one, two, three, four, *, five):
        pass
